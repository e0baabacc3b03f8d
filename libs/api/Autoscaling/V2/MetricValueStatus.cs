using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

/// <summary>What a metric was.</summary>
public sealed class MetricValueStatus
{
    /// <summary>The value itself.</summary>
    [Field(1)]
    public Quantity? Value { get; set; }

    /// <summary>The value for each pod.</summary>
    [Field(2)]
    public Quantity? AverageValue { get; set; }

    /// <summary>Percent of what is requested.</summary>
    [Field(3)]
    public int? AverageUtilization { get; set; }
}
