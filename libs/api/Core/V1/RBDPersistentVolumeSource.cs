using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class RBDPersistentVolumeSource
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Monitors { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Image { get; set; }

    [Field(3)]
    public string? FsType { get; set; }

    [Field(4)]
    [Default("\"rbd\"")]
    public string? Pool { get; set; }

    [Field(5)]
    [Default("\"admin\"")]
    public string? User { get; set; }

    [Field(6)]
    [Default("\"/etc/ceph/keyring\"")]
    public string? Keyring { get; set; }

    [Field(7)]
    public SecretReference? SecretRef { get; set; }

    [Field(8)]
    public bool ReadOnly { get; set; }
}
