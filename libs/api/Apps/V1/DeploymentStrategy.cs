using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How old pods give way to new ones.</summary>
public sealed class DeploymentStrategy
{
    /// <summary>RollingUpdate replaces them bit by bit; Recreate ends all old ones first.</summary>
    [Field(1)]
    [Enum("Recreate", "RollingUpdate")]
    [Default("\"RollingUpdate\"")]
    public string? Type { get; set; }

    /// <summary>Bounds of a rolling update; only with RollingUpdate.</summary>
    [Field(2)]
    public RollingUpdateDeployment? RollingUpdate { get; set; }
}
