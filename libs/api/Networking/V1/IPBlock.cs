using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IPBlock
{
    [Field(1, Required = true, Always = true)]
    public string? Cidr { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Except { get; set; }
}
