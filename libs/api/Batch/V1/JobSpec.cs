using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>What pods, how many, and when to give up.</summary>
public sealed class JobSpec
{
    /// <summary>How many pods may run at once.</summary>
    [Field(1)]
    [Default("1")]
    [Range(0, 2147483647)]
    public int? Parallelism { get; set; }

    /// <summary>How many pods must succeed; absent means that one success ends the job.</summary>
    [Field(2)]
    [Range(0, 2147483647)]
    public int? Completions { get; set; }

    /// <summary>Seconds after which the job is ended as failed.</summary>
    [Field(3)]
    [Range(0, 9223372036854775807)]
    public long? ActiveDeadlineSeconds { get; set; }

    /// <summary>What to do about failed pods.</summary>
    [Field(11)]
    public PodFailurePolicy? PodFailurePolicy { get; set; }

    /// <summary>When the job has succeeded early; only with Indexed.</summary>
    [Field(16)]
    public SuccessPolicy? SuccessPolicy { get; set; }

    /// <summary>How many pods may fail before the job does.</summary>
    [Field(7)]
    [Range(0, 2147483647)]
    public int? BackoffLimit { get; set; }

    /// <summary>How many pods of one index may fail before the index does.</summary>
    [Field(12)]
    public int? BackoffLimitPerIndex { get; set; }

    /// <summary>How many indexes may fail before the job does.</summary>
    [Field(13)]
    public int? MaxFailedIndexes { get; set; }

    /// <summary>Labels of the pods that belong to it; made by the server as a rule.</summary>
    [Field(4)]
    public LabelSelector? Selector { get; set; }

    /// <summary>Whether the user makes the selector; then it must be unlike any other's.</summary>
    [Field(5)]
    [Default("false")]
    public bool? ManualSelector { get; set; }

    /// <summary>What its pods look like. Their restartPolicy is Never or OnFailure.</summary>
    [Field(6, Required = true, Always = true)]
    public PodTemplateSpec? Template { get; set; }

    /// <summary>Seconds after its end when the job is removed; absent keeps it.</summary>
    [Field(8)]
    [Range(0, 2147483647)]
    public int? TtlSecondsAfterFinished { get; set; }

    /// <summary>NonIndexed, or Indexed, which gives each pod a number from 0.</summary>
    [Field(9, Pointer = true)]
    [Enum("Indexed", "NonIndexed")]
    [Default("\"NonIndexed\"")]
    public string? CompletionMode { get; set; }

    /// <summary>Holds the job back and ends its pods.</summary>
    [Field(10)]
    [Default("false")]
    public bool? Suspend { get; set; }

    /// <summary>When a pod is replaced: TerminatingOrFailed as soon as it is ending, Failed once it has ended.</summary>
    [Field(14, Pointer = true)]
    [Enum("Failed", "TerminatingOrFailed")]
    public string? PodReplacementPolicy { get; set; }

    /// <summary>Who runs the job; the built-in controller when absent.</summary>
    [Field(15, Pointer = true)]
    public string? ManagedBy { get; set; }
}
