namespace Kube.Cel.Libraries;

/// <summary>The environment that Kubernetes 1.32 gives every expression, without what knows its own types.</summary>
public static class KubernetesLibraries
{
    /// <summary>Standard functions, optional values, strings, lists, sets, searches, URLs, addresses and networks.</summary>
    public static CelEnvironment Base { get; } = new CelEnvironment().WithLibraries(
        [
            .. StringLibrary.Functions,
            .. CollectionLibrary.Lists,
            .. CollectionLibrary.Sets,
            .. CollectionLibrary.Searches,
            .. UrlLibrary.Functions,
            .. NetworkLibrary.Functions,
        ],
        [UrlLibrary.UrlType, NetworkLibrary.IpType, NetworkLibrary.CidrType]);
}
