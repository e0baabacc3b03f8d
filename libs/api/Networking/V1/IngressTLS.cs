using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressTLS
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Hosts { get; set; }

    [Field(2)]
    public string? SecretName { get; set; }
}
