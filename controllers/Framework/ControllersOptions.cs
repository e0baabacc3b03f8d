namespace Kube.Controllers.Framework;

/// <summary>What the controllers can be told. Defaults are kube-controller-manager's.</summary>
public sealed record ControllersOptions
{
    /// <summary>Names of controllers: "*" for all that run by default, "name" to add one, "-name" to leave one out.</summary>
    public IReadOnlyList<string> Controllers { get; init; } = ["*"];

    public int ConcurrentDeploymentSyncs { get; init; } = 5;

    public int ConcurrentReplicaSetSyncs { get; init; } = 5;

    public int ConcurrentReplicationControllerSyncs { get; init; } = 5;

    public int ConcurrentNamespaceSyncs { get; init; } = 10;

    public int ConcurrentGarbageCollectorSyncs { get; init; } = 20;

    public int ConcurrentEndpointSyncs { get; init; } = 5;

    public int ConcurrentServiceEndpointSyncs { get; init; } = 5;

    public int ConcurrentServiceAccountSyncs { get; init; } = 5;

    public int ConcurrentResourceQuotaSyncs { get; init; } = 5;

    public int ConcurrentAdmissionPolicySyncs { get; init; } = 5;

    /// <summary>How often all quotas are counted anew.</summary>
    public TimeSpan ResourceQuotaSyncPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often node health is looked at.</summary>
    public TimeSpan NodeMonitorPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node that has been silent for this long is unhealthy.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>As <see cref="NodeMonitorGracePeriod"/>, for a node that has not reported at all yet.</summary>
    public TimeSpan NodeStartupGracePeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Nodes a second that may be tainted for eviction.</summary>
    public double NodeEvictionRate { get; init; } = 0.1;

    /// <summary>Terminated pods kept before the oldest are deleted; not positive to keep all.</summary>
    public int TerminatedPodGcThreshold { get; init; } = 12500;

    /// <summary>Leave dependents and owners of deleted objects alone.</summary>
    public bool EnableGarbageCollector { get; init; } = true;

    /// <summary>PEM bundle published to every namespace as kube-root-ca.crt; none when empty.</summary>
    public string RootCaFile { get; init; } = "";
}
