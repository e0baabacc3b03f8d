using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DeploymentStatus
{
    [Field(1)]
    public long ObservedGeneration { get; set; }

    [Field(2)]
    public int Replicas { get; set; }

    [Field(3)]
    public int UpdatedReplicas { get; set; }

    [Field(7)]
    public int ReadyReplicas { get; set; }

    [Field(4)]
    public int AvailableReplicas { get; set; }

    [Field(5)]
    public int UnavailableReplicas { get; set; }

    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<DeploymentCondition>? Conditions { get; set; }

    [Field(8)]
    public int? CollisionCount { get; set; }
}
