using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Batch.V1;

public sealed class JobStatus
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<JobCondition>? Conditions { get; set; }

    [Field(2)]
    public Time? StartTime { get; set; }

    [Field(3)]
    public Time? CompletionTime { get; set; }

    [Field(4)]
    public int Active { get; set; }

    [Field(5)]
    public int Succeeded { get; set; }

    [Field(6)]
    public int Failed { get; set; }

    [Field(11)]
    public int? Terminating { get; set; }

    [Field(7)]
    public string? CompletedIndexes { get; set; }

    [Field(10, Pointer = true)]
    public string? FailedIndexes { get; set; }

    [Field(8)]
    public UncountedTerminatedPods? UncountedTerminatedPods { get; set; }

    [Field(9)]
    public int? Ready { get; set; }
}
