namespace Kube.Cluster;

/// <summary>The flags of <c>kube cluster up</c>; null where one was not given.</summary>
internal sealed record ClusterFlags
{
    public int? Stores { get; init; }

    public int? Nodes { get; init; }

    public string? Runtime { get; init; }

    public string? RuntimeEndpoint { get; init; }

    public int? ApiPort { get; init; }

    public int? StorePort { get; init; }
}
