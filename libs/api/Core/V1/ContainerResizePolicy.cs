using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Whether a container restarts when one of its resources changes.</summary>
public sealed class ContainerResizePolicy
{
    /// <summary>The resource: cpu or memory.</summary>
    [Field(1, Required = true, Always = true)]
    public string? ResourceName { get; set; }

    /// <summary>NotRequired or RestartContainer.</summary>
    [Field(2, Required = true, Always = true)]
    public string? RestartPolicy { get; set; }
}
