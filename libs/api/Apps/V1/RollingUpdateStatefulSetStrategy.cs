using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Apps.V1;

/// <summary>Bounds of a rolling update.</summary>
public sealed class RollingUpdateStatefulSetStrategy
{
    /// <summary>Only pods with this number or a higher one are replaced.</summary>
    [Field(1)]
    public int? Partition { get; set; }

    /// <summary>How many pods may be missing meanwhile: a number or a percentage, rounded up.</summary>
    [Field(2)]
    public IntOrString? MaxUnavailable { get; set; }
}
