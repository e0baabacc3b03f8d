using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.FlowControl.V1;

public sealed class PriorityLevelConfigurationCondition
{
    [Field(1)]
    public string? Type { get; set; }

    [Field(2)]
    public string? Status { get; set; }

    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; set; }

    [Field(4)]
    public string? Reason { get; set; }

    [Field(5)]
    public string? Message { get; set; }
}
