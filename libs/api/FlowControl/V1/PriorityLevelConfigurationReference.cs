using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>A priority level.</summary>
public sealed class PriorityLevelConfigurationReference
{
    /// <summary>Its name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
