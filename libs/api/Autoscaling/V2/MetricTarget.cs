using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

public sealed class MetricTarget
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2)]
    public Quantity? Value { get; set; }

    [Field(3)]
    public Quantity? AverageValue { get; set; }

    [Field(4)]
    public int? AverageUtilization { get; set; }
}
