using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class FlowSchemaStatus
{
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<FlowSchemaCondition>? Conditions { get; set; }
}
