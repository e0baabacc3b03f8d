using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How a replica set is doing.</summary>
public sealed class ReplicaSetStatus
{
    /// <summary>How many pods it has.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    /// <summary>How many of them have all the template's labels.</summary>
    [Field(2)]
    public int FullyLabeledReplicas { get; set; }

    /// <summary>How many are ready.</summary>
    [Field(4)]
    public int ReadyReplicas { get; set; }

    /// <summary>How many have been ready for minReadySeconds.</summary>
    [Field(5)]
    public int AvailableReplicas { get; set; }

    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(3)]
    public long ObservedGeneration { get; set; }

    /// <summary>ReplicaFailure, when pods cannot be made or removed.</summary>
    [Field(6)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<ReplicaSetCondition>? Conditions { get; set; }
}
