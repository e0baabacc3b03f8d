using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V1;

/// <summary>How many pods there are.</summary>
public sealed class ScaleStatus
{
    /// <summary>The number.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; set; }

    /// <summary>Labels of the pods, as in a query parameter.</summary>
    [Field(2)]
    public string? Selector { get; set; }
}
