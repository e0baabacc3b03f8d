namespace Kube.Cluster;

/// <summary>Which certificates a health probe of a component trusts and shows.</summary>
internal enum ProbeTrust
{
    /// <summary>The cluster's CA; shows the admin's certificate.</summary>
    Cluster,

    /// <summary>The store's CA; shows the operator's certificate.</summary>
    Store,
}

/// <summary>One process of the cluster.</summary>
/// <param name="Name">The name that the commands take: store-1, apiserver, kubelet-1, ….</param>
/// <param name="Arguments">Arguments of the kube executable.</param>
/// <param name="HealthUrl">Answers 200 once the component is ready.</param>
/// <param name="Trust">How to reach <paramref name="HealthUrl"/>.</param>
/// <param name="Ports">The TCP ports that it listens on.</param>
internal sealed record ComponentSpec(
    string Name, IReadOnlyList<string> Arguments, Uri HealthUrl, ProbeTrust Trust, IReadOnlyList<int> Ports)
{
    /// <summary>Arguments of the kube command that ends what the stopped component leaves running; null when it leaves nothing.</summary>
    public IReadOnlyList<string>? CleanupArguments { get; init; }
}
