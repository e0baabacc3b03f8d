using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Apps.V1;

/// <summary>Bounds of a rolling update.</summary>
public sealed class RollingUpdateDeployment
{
    /// <summary>
    /// How many of the desired pods may be missing meanwhile: a number or a percentage, rounded down. Not 0 if maxSurge is.
    /// </summary>
    [Field(1)]
    public IntOrString? MaxUnavailable { get; set; }

    /// <summary>
    /// How many pods there may be beyond the desired number: a number or a percentage, rounded up. Not 0 if maxUnavailable
    /// is.
    /// </summary>
    [Field(2)]
    public IntOrString? MaxSurge { get; set; }
}
