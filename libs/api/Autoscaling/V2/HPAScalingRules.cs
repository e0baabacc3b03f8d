using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

public sealed class HPAScalingRules
{
    [Field(3)]
    public int? StabilizationWindowSeconds { get; set; }

    [Field(1, Pointer = true)]
    public string? SelectPolicy { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<HPAScalingPolicy>? Policies { get; set; }
}
