using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NamespaceStatus
{
    [Field(1)]
    [Enum("Active", "Terminating")]
    [Default("\"Active\"")]
    public string? Phase { get; set; }

    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NamespaceCondition>? Conditions { get; set; }
}
