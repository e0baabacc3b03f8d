using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A condition that must hold for the pod to be ready.</summary>
public sealed class PodReadinessGate
{
    /// <summary>Type of the condition.</summary>
    [Field(1, Required = true, Always = true)]
    public string? ConditionType { get; set; }
}
