using Kube.Api.Core.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Batch.V1;

/// <summary>How a cron job is doing.</summary>
public sealed class CronJobStatus
{
    /// <summary>The jobs that run now.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ObjectReference>? Active { get; set; }

    /// <summary>Time at which a job was last started.</summary>
    [Field(4)]
    public Time? LastScheduleTime { get; set; }

    /// <summary>Time at which a job last succeeded.</summary>
    [Field(5)]
    public Time? LastSuccessfulTime { get; set; }
}
