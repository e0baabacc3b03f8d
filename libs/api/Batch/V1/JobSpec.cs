using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class JobSpec
{
    [Field(1)]
    [Range(0, 2147483647)]
    public int? Parallelism { get; set; }

    [Field(2)]
    [Range(0, 2147483647)]
    public int? Completions { get; set; }

    [Field(3)]
    [Range(0, 9223372036854775807)]
    public long? ActiveDeadlineSeconds { get; set; }

    [Field(11)]
    public PodFailurePolicy? PodFailurePolicy { get; set; }

    [Field(16)]
    public SuccessPolicy? SuccessPolicy { get; set; }

    [Field(7)]
    [Range(0, 2147483647)]
    public int? BackoffLimit { get; set; }

    [Field(12)]
    public int? BackoffLimitPerIndex { get; set; }

    [Field(13)]
    public int? MaxFailedIndexes { get; set; }

    [Field(4)]
    [Immutable]
    public LabelSelector? Selector { get; set; }

    [Field(5)]
    [Default("false")]
    public bool? ManualSelector { get; set; }

    [Field(6, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    [Field(8)]
    [Range(0, 2147483647)]
    public int? TtlSecondsAfterFinished { get; set; }

    [Field(9, Pointer = true)]
    [Enum("NonIndexed", "Indexed")]
    [Default("\"NonIndexed\"")]
    [Immutable]
    public string? CompletionMode { get; set; }

    [Field(10)]
    [Default("false")]
    public bool? Suspend { get; set; }

    [Field(14, Pointer = true)]
    [Enum("TerminatingOrFailed", "Failed")]
    [Default("\"TerminatingOrFailed\"")]
    public string? PodReplacementPolicy { get; set; }

    [Field(15, Pointer = true)]
    public string? ManagedBy { get; set; }
}
