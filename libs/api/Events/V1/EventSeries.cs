using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Events.V1;

public sealed class EventSeries
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Count { get; set; }

    [Field(2, Required = true, Always = true)]
    public MicroTime? LastObservedTime { get; set; }
}
