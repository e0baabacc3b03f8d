using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class CSIPersistentVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? VolumeHandle { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }

    [Field(4)]
    public string? FsType { get; set; }

    [Field(5)]
    public Dictionary<string, string>? VolumeAttributes { get; set; }

    [Field(6)]
    public SecretReference? ControllerPublishSecretRef { get; set; }

    [Field(7)]
    public SecretReference? NodeStageSecretRef { get; set; }

    [Field(8)]
    public SecretReference? NodePublishSecretRef { get; set; }

    [Field(9)]
    public SecretReference? ControllerExpandSecretRef { get; set; }

    [Field(10)]
    public SecretReference? NodeExpandSecretRef { get; set; }
}
