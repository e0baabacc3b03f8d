using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>What jobs, and when.</summary>
public sealed class CronJobSpec
{
    /// <summary>When, in cron's notation.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Schedule { get; set; }

    /// <summary>Time zone of the schedule; the controller's own when absent.</summary>
    [Field(8, Pointer = true)]
    public string? TimeZone { get; set; }

    /// <summary>Seconds a job may start late; later it counts as missed.</summary>
    [Field(2)]
    public long? StartingDeadlineSeconds { get; set; }

    /// <summary>What to do when the last job still runs: Allow, Forbid or Replace.</summary>
    [Field(3)]
    [Enum("Allow", "Forbid", "Replace")]
    [Default("\"Allow\"")]
    public string? ConcurrencyPolicy { get; set; }

    /// <summary>Starts no more jobs.</summary>
    [Field(4)]
    [Default("false")]
    public bool? Suspend { get; set; }

    /// <summary>What its jobs look like.</summary>
    [Field(5, Required = true, Always = true)]
    public JobTemplateSpec? JobTemplate { get; set; }

    /// <summary>How many jobs that succeeded are kept.</summary>
    [Field(6)]
    [Default("3")]
    public int? SuccessfulJobsHistoryLimit { get; set; }

    /// <summary>How many jobs that failed are kept.</summary>
    [Field(7)]
    [Default("1")]
    public int? FailedJobsHistoryLimit { get; set; }
}
