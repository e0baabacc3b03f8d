namespace Kube.Kubelet.NodeStatus;

/// <summary>When a node reports.</summary>
internal sealed record NodeReportOptions
{
    /// <summary>How often the node is looked at; what changed is reported at once.</summary>
    public TimeSpan LookPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the status is reported though nothing changed.</summary>
    public TimeSpan ReportPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the lease holds; it is renewed four times as often.</summary>
    public int LeaseSeconds { get; init; } = 40;

    /// <summary>Images named in the status; -1 for all.</summary>
    public int MaxImages { get; init; } = 50;
}
