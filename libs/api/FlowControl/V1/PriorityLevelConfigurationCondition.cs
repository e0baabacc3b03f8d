using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.FlowControl.V1;

/// <summary>One aspect of a level's state.</summary>
public sealed class PriorityLevelConfigurationCondition
{
    /// <summary>What the condition is about.</summary>
    [Field(1)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(2)]
    public string? Status { get; set; }

    /// <summary>Time at which the status last changed.</summary>
    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; set; }

    /// <summary>Why the status last changed, as one CamelCase word for programs.</summary>
    [Field(4)]
    public string? Reason { get; set; }

    /// <summary>Why the status last changed, in words for people.</summary>
    [Field(5)]
    public string? Message { get; set; }
}
