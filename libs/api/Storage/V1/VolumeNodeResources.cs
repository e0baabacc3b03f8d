using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class VolumeNodeResources
{
    [Field(1)]
    public int? Count { get; set; }
}
