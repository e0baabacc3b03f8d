using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Batch.V1;

/// <summary>One aspect of a job's state.</summary>
public sealed class JobCondition
{
    /// <summary>Complete, Failed, Suspended, FailureTarget or SuccessCriteriaMet.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    /// <summary>Time at which the condition was last checked.</summary>
    [Field(3, Always = true)]
    public Time? LastProbeTime { get; set; }

    /// <summary>Time at which the status last changed.</summary>
    [Field(4, Always = true)]
    public Time? LastTransitionTime { get; set; }

    /// <summary>Why the status last changed, as one CamelCase word for programs.</summary>
    [Field(5)]
    public string? Reason { get; set; }

    /// <summary>Why the status last changed, in words for people.</summary>
    [Field(6)]
    public string? Message { get; set; }
}
