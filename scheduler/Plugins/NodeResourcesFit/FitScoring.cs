namespace Kube.Scheduler.Plugins.NodeResourcesFit;

/// <summary>Which nodes with room score best.</summary>
public enum FitStrategy
{
    /// <summary>The emptiest, to spread load.</summary>
    LeastAllocated,

    /// <summary>The fullest, to pack.</summary>
    MostAllocated,

    /// <summary>As a function of how full the node would be.</summary>
    RequestedToCapacityRatio,
}

/// <summary>How room scores: KubeSchedulerConfiguration's scoringStrategy.</summary>
/// <param name="Strategy">Which nodes are best.</param>
/// <param name="Resources">Resources that count, with their weights.</param>
/// <param name="Shape">For <see cref="FitStrategy.RequestedToCapacityRatio"/>: points (utilization in per cent, score from 0 to 10) by
/// rising utilization; between them the score runs straight, outside it stays.</param>
public sealed record FitScoring(
    FitStrategy Strategy, IReadOnlyList<(string Name, int Weight)> Resources, IReadOnlyList<(int Utilization, int Score)> Shape)
{
    /// <summary>kube-scheduler's default.</summary>
    public static FitScoring Default { get; } = new(FitStrategy.LeastAllocated, [("cpu", 1), ("memory", 1)], []);
}
