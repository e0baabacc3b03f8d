using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DeploymentStrategy
{
    [Field(1)]
    [Enum("Recreate", "RollingUpdate")]
    [Default("\"RollingUpdate\"")]
    public string? Type { get; set; }

    [Field(2)]
    public RollingUpdateDeployment? RollingUpdate { get; set; }
}
