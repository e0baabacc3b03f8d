using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PortworxVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? VolumeID { get; set; }

    [Field(2)]
    public string? FsType { get; set; }

    [Field(3)]
    public bool ReadOnly { get; set; }
}
