using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class PriorityLevelConfigurationStatus
{
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PriorityLevelConfigurationCondition>? Conditions { get; set; }
}
