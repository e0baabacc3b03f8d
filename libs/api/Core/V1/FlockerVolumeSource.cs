using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class FlockerVolumeSource
{
    [Field(1)]
    public string? DatasetName { get; set; }

    [Field(2)]
    public string? DatasetUUID { get; set; }
}
