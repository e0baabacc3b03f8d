using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PhotonPersistentDiskVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? PdID { get; set; }

    [Field(2)]
    public string? FsType { get; set; }
}
