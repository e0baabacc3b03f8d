using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>How requests wait.</summary>
public sealed class QueuingConfiguration
{
    /// <summary>Number of queues.</summary>
    [Field(1, Always = true)]
    [Default("64")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Queues { get; set; }

    /// <summary>How many queues a flow is dealt; it takes the shortest.</summary>
    [Field(2, Always = true)]
    [Default("8")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int HandSize { get; set; }

    /// <summary>How many requests may wait in a queue.</summary>
    [Field(3, Always = true)]
    [Default("50")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int QueueLengthLimit { get; set; }
}
