using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ScaleIOPersistentVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Gateway { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? System { get; set; }

    [Field(3, Required = true)]
    public SecretReference? SecretRef { get; set; }

    [Field(4)]
    public bool SslEnabled { get; set; }

    [Field(5)]
    public string? ProtectionDomain { get; set; }

    [Field(6)]
    public string? StoragePool { get; set; }

    [Field(7)]
    [Default("\"ThinProvisioned\"")]
    public string? StorageMode { get; set; }

    [Field(8)]
    public string? VolumeName { get; set; }

    [Field(9)]
    [Default("\"xfs\"")]
    public string? FsType { get; set; }

    [Field(10)]
    public bool ReadOnly { get; set; }
}
