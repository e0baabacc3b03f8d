using System.Text.Json.Serialization;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Policy.V1;

public sealed class PodDisruptionBudgetStatus
{
    [Field(1)]
    public long ObservedGeneration { get; set; }

    [Field(2)]
    public Dictionary<string, Time>? DisruptedPods { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DisruptionsAllowed { get; set; }

    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CurrentHealthy { get; set; }

    [Field(5, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredHealthy { get; set; }

    [Field(6, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ExpectedPods { get; set; }

    [Field(7)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<Condition>? Conditions { get; set; }
}
