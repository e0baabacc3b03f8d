using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VolumeNodeAffinity
{
    [Field(1)]
    public NodeSelector? Required { get; set; }
}
