namespace Kube.Robustness.Checking;

/// <summary>What a check may assume of the run.</summary>
public sealed record CheckOptions
{
    /// <summary>How much faster than the run's clock a member's may go, as a fraction of the time.</summary>
    public double ClockDrift { get; init; }

    /// <summary>How much earlier than its time a lease may be seen to end, for clocks that the run reads at another place.</summary>
    public TimeSpan LeaseTolerance { get; init; }
}
