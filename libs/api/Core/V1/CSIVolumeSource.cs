using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class CSIVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    [Field(2)]
    public bool? ReadOnly { get; set; }

    [Field(3, Pointer = true)]
    public string? FsType { get; set; }

    [Field(4)]
    public Dictionary<string, string>? VolumeAttributes { get; set; }

    [Field(5)]
    public LocalObjectReference? NodePublishSecretRef { get; set; }
}
