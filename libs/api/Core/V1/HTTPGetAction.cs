using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>An HTTP GET request.</summary>
public sealed class HTTPGetAction
{
    /// <summary>Path of the request.</summary>
    [Field(1)]
    [Default("\"/\"")]
    public string? Path { get; set; }

    /// <summary>Number or name of the container's port.</summary>
    [Field(2, Required = true, Always = true)]
    public IntOrString? Port { get; set; }

    /// <summary>Host to connect to; the pod's address when absent.</summary>
    [Field(3)]
    public string? Host { get; set; }

    /// <summary>HTTP or HTTPS; certificates are not checked.</summary>
    [Field(4)]
    [Enum("HTTP", "HTTPS")]
    [Default("\"HTTP\"")]
    public string? Scheme { get; set; }

    /// <summary>Headers of the request.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<HTTPHeader>? HttpHeaders { get; set; }
}
