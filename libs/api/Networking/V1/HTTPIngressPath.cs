using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class HTTPIngressPath
{
    [Field(1)]
    public string? Path { get; set; }

    [Field(3, Required = true, Pointer = true)]
    [Enum("Exact", "Prefix", "ImplementationSpecific")]
    public string? PathType { get; set; }

    [Field(2, Required = true, Always = true)]
    public IngressBackend? Backend { get; set; }
}
