using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Policy.V1;

public sealed class PodDisruptionBudgetSpec
{
    [Field(1)]
    public IntOrString? MinAvailable { get; set; }

    [Field(2)]
    [PatchStrategy("replace")]
    public LabelSelector? Selector { get; set; }

    [Field(3)]
    public IntOrString? MaxUnavailable { get; set; }

    [Field(4, Pointer = true)]
    [Enum("IfHealthyBudget", "AlwaysAllow")]
    public string? UnhealthyPodEvictionPolicy { get; set; }
}
