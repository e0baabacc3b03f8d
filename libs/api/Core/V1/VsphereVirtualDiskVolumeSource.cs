using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VsphereVirtualDiskVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? VolumePath { get; set; }

    [Field(2)]
    public string? FsType { get; set; }

    [Field(3)]
    public string? StoragePolicyName { get; set; }

    [Field(4)]
    public string? StoragePolicyID { get; set; }
}
