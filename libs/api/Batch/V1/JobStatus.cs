using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Batch.V1;

/// <summary>How a job is doing.</summary>
public sealed class JobStatus
{
    /// <summary>Complete, Failed, Suspended, FailureTarget and SuccessCriteriaMet.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<JobCondition>? Conditions { get; set; }

    /// <summary>Time at which it was started, or resumed.</summary>
    [Field(2)]
    public Time? StartTime { get; set; }

    /// <summary>Time at which it succeeded.</summary>
    [Field(3)]
    public Time? CompletionTime { get; set; }

    /// <summary>How many of its pods run or will.</summary>
    [Field(4)]
    public int Active { get; set; }

    /// <summary>How many of its pods succeeded.</summary>
    [Field(5)]
    public int Succeeded { get; set; }

    /// <summary>How many of its pods failed.</summary>
    [Field(6)]
    public int Failed { get; set; }

    /// <summary>How many of its pods are ending.</summary>
    [Field(11)]
    public int? Terminating { get; set; }

    /// <summary>The indexes that succeeded, such as 1,3-5.</summary>
    [Field(7)]
    public string? CompletedIndexes { get; set; }

    /// <summary>The indexes that failed.</summary>
    [Field(10, Pointer = true)]
    public string? FailedIndexes { get; set; }

    /// <summary>Pods that have ended and are not in the counts yet.</summary>
    [Field(8)]
    public UncountedTerminatedPods? UncountedTerminatedPods { get; set; }

    /// <summary>How many of its pods are ready.</summary>
    [Field(9)]
    public int? Ready { get; set; }
}
