using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How old pods give way to new ones.</summary>
public sealed class DaemonSetUpdateStrategy
{
    /// <summary>RollingUpdate replaces them; OnDelete waits until someone deletes them.</summary>
    [Field(1)]
    [Enum("OnDelete", "RollingUpdate")]
    [Default("\"RollingUpdate\"")]
    public string? Type { get; set; }

    /// <summary>Bounds of a rolling update; only with RollingUpdate.</summary>
    [Field(2)]
    public RollingUpdateDaemonSet? RollingUpdate { get; set; }
}
