using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Which traffic goes where.</summary>
public sealed class IngressSpec
{
    /// <summary>The class whose controller serves it.</summary>
    [Field(4, Pointer = true)]
    public string? IngressClassName { get; set; }

    /// <summary>Where traffic goes that no rule fits.</summary>
    [Field(1)]
    public IngressBackend? DefaultBackend { get; set; }

    /// <summary>Host names served over TLS and their certificates.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<IngressTLS>? Tls { get; set; }

    /// <summary>The rules; the one for the host, then the longest path, wins.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<IngressRule>? Rules { get; set; }
}
