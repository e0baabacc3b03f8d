using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DaemonSetStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CurrentNumberScheduled { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumberMisscheduled { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredNumberScheduled { get; set; }

    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumberReady { get; set; }

    [Field(5)]
    public long ObservedGeneration { get; set; }

    [Field(6)]
    public int UpdatedNumberScheduled { get; set; }

    [Field(7)]
    public int NumberAvailable { get; set; }

    [Field(8)]
    public int NumberUnavailable { get; set; }

    [Field(9)]
    public int? CollisionCount { get; set; }

    [Field(10)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<DaemonSetCondition>? Conditions { get; set; }
}
