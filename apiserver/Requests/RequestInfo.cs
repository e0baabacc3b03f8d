namespace Kube.ApiServer.Requests;

/// <summary>What a request's method and path mean. Immutable.</summary>
public sealed record RequestInfo
{
    /// <summary>get, list, watch, create, update, patch, delete, deletecollection; for a path that is no resource, the method in lower case.</summary>
    public required string Verb { get; init; }

    public required string Path { get; init; }

    public required bool IsResourceRequest { get; init; }

    /// <summary>"api" or "apis".</summary>
    public string ApiPrefix { get; init; } = "";

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>What follows the subresource, for pods/proxy and its like.</summary>
    public string Rest { get; init; } = "";

    /// <summary>True for the old form /api/v1/watch/….</summary>
    public bool LegacyWatch { get; init; }

    /// <summary>True for requests that stay open: watch, logs, exec, proxy. Neither timed out nor counted as in flight.</summary>
    public bool IsLongRunning =>
        Verb is "watch" or "proxy"
        || Subresource is "log" or "exec" or "attach" or "portforward" or "proxy";
}
