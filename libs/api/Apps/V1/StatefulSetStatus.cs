using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How a stateful set is doing.</summary>
public sealed class StatefulSetStatus
{
    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; set; }

    /// <summary>How many pods it has.</summary>
    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    /// <summary>How many are ready.</summary>
    [Field(3)]
    public int ReadyReplicas { get; set; }

    /// <summary>How many are of currentRevision.</summary>
    [Field(4)]
    public int CurrentReplicas { get; set; }

    /// <summary>How many are of updateRevision.</summary>
    [Field(5)]
    public int UpdatedReplicas { get; set; }

    /// <summary>The revision that pods come from which are not replaced yet.</summary>
    [Field(6)]
    public string? CurrentRevision { get; set; }

    /// <summary>The revision that pods come from which are.</summary>
    [Field(7)]
    public string? UpdateRevision { get; set; }

    /// <summary>How often a name for a new revision was taken already.</summary>
    [Field(9)]
    public int? CollisionCount { get; set; }

    /// <summary>Further aspects of its state.</summary>
    [Field(10)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<StatefulSetCondition>? Conditions { get; set; }

    /// <summary>How many have been ready for minReadySeconds.</summary>
    [Field(11, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int AvailableReplicas { get; set; }
}
