using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Policy.V1;

/// <summary>Which pods, and how many of them.</summary>
public sealed class PodDisruptionBudgetSpec
{
    /// <summary>How many must stay: a number or a percentage. Excludes maxUnavailable.</summary>
    [Field(1)]
    public IntOrString? MinAvailable { get; set; }

    /// <summary>Labels of the pods.</summary>
    [Field(2)]
    [PatchStrategy("replace")]
    public LabelSelector? Selector { get; set; }

    /// <summary>How many may be away: a number or a percentage. Excludes minAvailable.</summary>
    [Field(3)]
    public IntOrString? MaxUnavailable { get; set; }

    /// <summary>When pods that are not ready may be evicted: IfHealthyBudget or AlwaysAllow.</summary>
    [Field(4, Pointer = true)]
    [Enum("AlwaysAllow", "IfHealthyBudget")]
    public string? UnhealthyPodEvictionPolicy { get; set; }
}
