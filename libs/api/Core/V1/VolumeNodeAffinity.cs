using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The nodes a volume can be used from.</summary>
public sealed class VolumeNodeAffinity
{
    /// <summary>What a node must meet.</summary>
    [Field(1)]
    public NodeSelector? Required { get; set; }
}
