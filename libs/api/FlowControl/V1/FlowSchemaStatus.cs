using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>How a schema is doing.</summary>
public sealed class FlowSchemaStatus
{
    /// <summary>Dangling, when its level is missing.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<FlowSchemaCondition>? Conditions { get; set; }
}
