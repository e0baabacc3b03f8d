using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

/// <summary>Host names and their certificate.</summary>
public sealed class IngressTLS
{
    /// <summary>The host names.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Hosts { get; set; }

    /// <summary>Secret with the certificate and key.</summary>
    [Field(2)]
    public string? SecretName { get; set; }
}
