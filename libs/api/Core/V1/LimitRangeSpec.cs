using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class LimitRangeSpec
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<LimitRangeItem>? Limits { get; set; }
}
