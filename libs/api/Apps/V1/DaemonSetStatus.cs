using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How a daemon set is doing.</summary>
public sealed class DaemonSetStatus
{
    /// <summary>How many nodes run a pod of it and should.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CurrentNumberScheduled { get; set; }

    /// <summary>How many nodes run a pod of it and should not.</summary>
    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumberMisscheduled { get; set; }

    /// <summary>How many nodes should run a pod of it.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int DesiredNumberScheduled { get; set; }

    /// <summary>On how many of them the pod is ready.</summary>
    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int NumberReady { get; set; }

    /// <summary>The metadata.generation its controller last acted on.</summary>
    [Field(5)]
    public long ObservedGeneration { get; set; }

    /// <summary>On how many the pod is of the current description.</summary>
    [Field(6)]
    public int UpdatedNumberScheduled { get; set; }

    /// <summary>On how many the pod has been ready for minReadySeconds.</summary>
    [Field(7)]
    public int NumberAvailable { get; set; }

    /// <summary>On how many it has not.</summary>
    [Field(8)]
    public int NumberUnavailable { get; set; }

    /// <summary>How often a name for a new revision was taken already.</summary>
    [Field(9)]
    public int? CollisionCount { get; set; }

    /// <summary>Further aspects of its state.</summary>
    [Field(10)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<DaemonSetCondition>? Conditions { get; set; }
}
