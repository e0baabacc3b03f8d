using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Query parameters of a request to forward ports to a pod.</summary>
public sealed class PodPortForwardOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodPortForwardOptions";

    /// <summary>The ports; needed over WebSockets.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<int>? Ports { get; set; }
}
