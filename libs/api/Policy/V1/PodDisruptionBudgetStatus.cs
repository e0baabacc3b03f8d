using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Policy.V1;

/// <summary>How a budget stands.</summary>
public sealed class PodDisruptionBudgetStatus
{
    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; set; }

    /// <summary>Pods whose eviction is allowed and not seen yet, and when it was.</summary>
    [Field(2)]
    public Dictionary<string, Time>? DisruptedPods { get; set; }

    /// <summary>How many pods may be evicted now.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DisruptionsAllowed { get; set; }

    /// <summary>How many pods are ready.</summary>
    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CurrentHealthy { get; set; }

    /// <summary>How many must be.</summary>
    [Field(5, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredHealthy { get; set; }

    /// <summary>How many pods it is about.</summary>
    [Field(6, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ExpectedPods { get; set; }

    /// <summary>DisruptionAllowed.</summary>
    [Field(7)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<Condition>? Conditions { get; set; }
}
