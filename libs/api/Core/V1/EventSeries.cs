using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class EventSeries
{
    [Field(1)]
    public int Count { get; set; }

    [Field(2, Always = true)]
    public MicroTime? LastObservedTime { get; set; }
}
