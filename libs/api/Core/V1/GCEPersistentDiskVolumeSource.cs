using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class GCEPersistentDiskVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? PdName { get; set; }

    [Field(2)]
    public string? FsType { get; set; }

    [Field(3)]
    public int Partition { get; set; }

    [Field(4)]
    public bool ReadOnly { get; set; }
}
