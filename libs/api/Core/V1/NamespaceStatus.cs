using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>How a namespace is doing.</summary>
public sealed class NamespaceStatus
{
    /// <summary>Active, or Terminating while its contents are removed.</summary>
    [Field(1)]
    [Enum("Active", "Terminating")]
    [Default("\"Active\"")]
    public string? Phase { get; set; }

    /// <summary>What stands in the way of removing its contents.</summary>
    [Field(2)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<NamespaceCondition>? Conditions { get; set; }
}
