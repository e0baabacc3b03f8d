using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ReplicationControllerStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    [Field(2)]
    public int FullyLabeledReplicas { get; set; }

    [Field(4)]
    public int ReadyReplicas { get; set; }

    [Field(5)]
    public int AvailableReplicas { get; set; }

    [Field(3)]
    public long ObservedGeneration { get; set; }

    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<ReplicationControllerCondition>? Conditions { get; set; }
}
