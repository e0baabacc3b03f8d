using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodAffinity
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<PodAffinityTerm>? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<WeightedPodAffinityTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; set; }
}
