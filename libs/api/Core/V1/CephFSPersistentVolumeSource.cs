using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class CephFSPersistentVolumeSource
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Monitors { get; set; }

    [Field(2)]
    public string? Path { get; set; }

    [Field(3)]
    public string? User { get; set; }

    [Field(4)]
    public string? SecretFile { get; set; }

    [Field(5)]
    public SecretReference? SecretRef { get; set; }

    [Field(6)]
    public bool ReadOnly { get; set; }
}
