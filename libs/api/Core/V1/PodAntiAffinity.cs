using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Pods that a pod wants to be far from.</summary>
public sealed class PodAntiAffinity
{
    /// <summary>Must hold when the pod is placed; not looked at again later.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<PodAffinityTerm>? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }

    /// <summary>Counts against a node, by weight.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<WeightedPodAffinityTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; set; }
}
