using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Nodes that a pod wants.</summary>
public sealed class NodeAffinity
{
    /// <summary>Must hold when the pod is placed; not looked at again later.</summary>
    [Field(1)]
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }

    /// <summary>Counts in favour of a node, by weight.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<PreferredSchedulingTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; set; }
}
