using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

/// <summary>One aspect of an object's state.</summary>
public sealed class Condition
{
    /// <summary>What the condition is about.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    /// <summary>The metadata.generation that the condition speaks of; older than the object's means out of date.</summary>
    [Field(3)]
    public long ObservedGeneration { get; set; }

    /// <summary>Time at which the status last changed.</summary>
    [Field(4, Required = true, Always = true)]
    public Time? LastTransitionTime { get; set; }

    /// <summary>Why the status last changed, as one CamelCase word for programs.</summary>
    [Field(5, Required = true, Always = true)]
    public string? Reason { get; set; }

    /// <summary>Why the status last changed, in words for people.</summary>
    [Field(6, Required = true, Always = true)]
    public string? Message { get; set; }
}
