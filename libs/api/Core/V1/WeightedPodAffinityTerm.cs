using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class WeightedPodAffinityTerm
{
    [Field(1, Required = true, Always = true)]
    [Range(1, 100)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Weight { get; set; }

    [Field(2, Required = true, Always = true)]
    public PodAffinityTerm? PodAffinityTerm { get; set; }
}
