namespace Kube.Client.LeaderElection;

/// <summary>Which Lease to hold and how. The defaults are client-go's.</summary>
public sealed record LeaderElectionOptions
{
    public string Namespace { get; init; } = "kube-system";

    public required string Name { get; init; }

    /// <summary>Who holds the lease; different for each process that runs for it.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after the last renewal they saw.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for this long gives up leading.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two tries.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Give the lease back when told to stop, so that another leads at once.</summary>
    public bool ReleaseOnCancel { get; init; } = true;

    internal void Validate()
    {
        if (LeaseDuration <= RenewDeadline)
        {
            throw new ArgumentException("leaseDuration must be greater than renewDeadline");
        }

        if (RenewDeadline <= RetryPeriod * 1.2)
        {
            throw new ArgumentException("renewDeadline must be greater than retryPeriod*1.2");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(LeaseDuration, TimeSpan.FromSeconds(1));
    }
}
