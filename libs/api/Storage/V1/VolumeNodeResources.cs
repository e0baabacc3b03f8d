using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>How many volumes a node can take.</summary>
public sealed class VolumeNodeResources
{
    /// <summary>The number; absent means no bound.</summary>
    [Field(1)]
    public int? Count { get; set; }
}
