using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Apps.V1;

/// <summary>Bounds of a rolling update.</summary>
public sealed class RollingUpdateDaemonSet
{
    /// <summary>On how many nodes the pod may be missing meanwhile: a number or a percentage, rounded up.</summary>
    [Field(1)]
    public IntOrString? MaxUnavailable { get; set; }

    /// <summary>On how many nodes there may be an old and a new pod at once: a number or a percentage, rounded up.</summary>
    [Field(2)]
    public IntOrString? MaxSurge { get; set; }
}
