using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

public sealed class MetricValueStatus
{
    [Field(1)]
    public Quantity? Value { get; set; }

    [Field(2)]
    public Quantity? AverageValue { get; set; }

    [Field(3)]
    public int? AverageUtilization { get; set; }
}
