using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How a deployment is doing.</summary>
public sealed class DeploymentStatus
{
    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; set; }

    /// <summary>How many pods it has.</summary>
    [Field(2)]
    public int Replicas { get; set; }

    /// <summary>How many are of the current description.</summary>
    [Field(3)]
    public int UpdatedReplicas { get; set; }

    /// <summary>How many are ready.</summary>
    [Field(7)]
    public int ReadyReplicas { get; set; }

    /// <summary>How many have been ready for minReadySeconds.</summary>
    [Field(4)]
    public int AvailableReplicas { get; set; }

    /// <summary>How many more must become available.</summary>
    [Field(5)]
    public int UnavailableReplicas { get; set; }

    /// <summary>Available, Progressing and ReplicaFailure.</summary>
    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<DeploymentCondition>? Conditions { get; set; }

    /// <summary>How often a name for a new replica set was taken already; makes the next try another.</summary>
    [Field(8)]
    public int? CollisionCount { get; set; }
}
