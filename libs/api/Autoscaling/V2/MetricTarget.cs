using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Autoscaling.V2;

/// <summary>What a metric should be.</summary>
public sealed class MetricTarget
{
    /// <summary>Utilization, Value or AverageValue.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>The value itself.</summary>
    [Field(2)]
    public Quantity? Value { get; set; }

    /// <summary>The value for each pod.</summary>
    [Field(3)]
    public Quantity? AverageValue { get; set; }

    /// <summary>Percent of what is requested.</summary>
    [Field(4)]
    public int? AverageUtilization { get; set; }
}
