using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class DaemonSetUpdateStrategy
{
    [Field(1)]
    [Enum("RollingUpdate", "OnDelete")]
    [Default("\"RollingUpdate\"")]
    public string? Type { get; set; }

    [Field(2)]
    public RollingUpdateDaemonSet? RollingUpdate { get; set; }
}
