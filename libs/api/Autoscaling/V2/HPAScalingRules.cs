using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>How fast the number may change in one direction.</summary>
public sealed class HPAScalingRules
{
    /// <summary>Seconds looked back over, to ride out ups and downs.</summary>
    [Field(3)]
    public int? StabilizationWindowSeconds { get; set; }

    /// <summary>Which policy counts: Max, Min or Disabled.</summary>
    [Field(1, Pointer = true)]
    public string? SelectPolicy { get; set; }

    /// <summary>The policies.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<HPAScalingPolicy>? Policies { get; set; }
}
