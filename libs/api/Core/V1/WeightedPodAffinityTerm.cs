using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A wish about neighbours and its weight.</summary>
public sealed class WeightedPodAffinityTerm
{
    /// <summary>How much it counts: 1 to 100.</summary>
    [Field(1, Required = true, Always = true)]
    [Range(1, 100)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Weight { get; set; }

    /// <summary>The wish.</summary>
    [Field(2, Required = true, Always = true)]
    public PodAffinityTerm? PodAffinityTerm { get; set; }
}
