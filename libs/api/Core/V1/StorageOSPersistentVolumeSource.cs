using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class StorageOSPersistentVolumeSource
{
    [Field(1)]
    public string? VolumeName { get; set; }

    [Field(2)]
    public string? VolumeNamespace { get; set; }

    [Field(3)]
    public string? FsType { get; set; }

    [Field(4)]
    public bool ReadOnly { get; set; }

    [Field(5)]
    public ObjectReference? SecretRef { get; set; }
}
