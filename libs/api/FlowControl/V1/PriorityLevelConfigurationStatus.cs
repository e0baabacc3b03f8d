using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>How a level is doing.</summary>
public sealed class PriorityLevelConfigurationStatus
{
    /// <summary>Aspects of its state.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PriorityLevelConfigurationCondition>? Conditions { get; set; }
}
