using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Which nodes and which neighbours a pod wants.</summary>
public sealed class Affinity
{
    /// <summary>Nodes it wants.</summary>
    [Field(1)]
    public NodeAffinity? NodeAffinity { get; set; }

    /// <summary>Pods it wants to be near.</summary>
    [Field(2)]
    public PodAffinity? PodAffinity { get; set; }

    /// <summary>Pods it wants to be far from.</summary>
    [Field(3)]
    public PodAntiAffinity? PodAntiAffinity { get; set; }
}
