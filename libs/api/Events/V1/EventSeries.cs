using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Events.V1;

/// <summary>An event that goes on.</summary>
public sealed class EventSeries
{
    /// <summary>How often it was seen so far.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Count { get; set; }

    /// <summary>Time at which it was last seen.</summary>
    [Field(2, Required = true, Always = true)]
    public MicroTime? LastObservedTime { get; set; }
}
