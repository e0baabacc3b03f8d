using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class CronJobSpec
{
    [Field(1, Required = true, Always = true)]
    public string? Schedule { get; set; }

    [Field(8, Pointer = true)]
    public string? TimeZone { get; set; }

    [Field(2)]
    public long? StartingDeadlineSeconds { get; set; }

    [Field(3)]
    [Enum("Allow", "Forbid", "Replace")]
    [Default("\"Allow\"")]
    public string? ConcurrencyPolicy { get; set; }

    [Field(4)]
    [Default("false")]
    public bool? Suspend { get; set; }

    [Field(5, Required = true, Always = true)]
    public JobTemplateSpec? JobTemplate { get; set; }

    [Field(6)]
    [Default("3")]
    public int? SuccessfulJobsHistoryLimit { get; set; }

    [Field(7)]
    [Default("1")]
    public int? FailedJobsHistoryLimit { get; set; }
}
