using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ImageVolumeSource
{
    [Field(1)]
    public string? Reference { get; set; }

    [Field(2)]
    [Enum("Always", "Never", "IfNotPresent")]
    public string? PullPolicy { get; set; }
}
