using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class TokenRequestSpec
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }

    [Field(4)]
    [Default("3600")]
    [Range(600, 4294967296)]
    public long? ExpirationSeconds { get; set; }

    [Field(3)]
    public BoundObjectReference? BoundObjectRef { get; set; }
}
