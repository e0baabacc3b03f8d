using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

public sealed class APIServiceStatus
{
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<APIServiceCondition>? Conditions { get; set; }
}
