using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class StatefulSetStatus
{
    [Field(1)]
    public long ObservedGeneration { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    [Field(3)]
    public int ReadyReplicas { get; set; }

    [Field(4)]
    public int CurrentReplicas { get; set; }

    [Field(5)]
    public int UpdatedReplicas { get; set; }

    [Field(6)]
    public string? CurrentRevision { get; set; }

    [Field(7)]
    public string? UpdateRevision { get; set; }

    [Field(9)]
    public int? CollisionCount { get; set; }

    [Field(10)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<StatefulSetCondition>? Conditions { get; set; }

    [Field(11, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int AvailableReplicas { get; set; }
}
