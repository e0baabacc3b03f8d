using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class QueuingConfiguration
{
    [Field(1, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Queues { get; set; }

    [Field(2, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int HandSize { get; set; }

    [Field(3, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int QueueLengthLimit { get; set; }
}
