using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class HPAScalingPolicy
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Value { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int PeriodSeconds { get; set; }
}
