using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressSpec
{
    [Field(4, Pointer = true)]
    public string? IngressClassName { get; set; }

    [Field(1)]
    public IngressBackend? DefaultBackend { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<IngressTLS>? Tls { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<IngressRule>? Rules { get; set; }
}
