using Kube.Api.Core.V1;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Batch.V1;

public sealed class CronJobStatus
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<ObjectReference>? Active { get; set; }

    [Field(4)]
    public Time? LastScheduleTime { get; set; }

    [Field(5)]
    public Time? LastSuccessfulTime { get; set; }
}
