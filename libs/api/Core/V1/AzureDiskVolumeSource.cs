using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class AzureDiskVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? DiskName { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? DiskURI { get; set; }

    [Field(3, Pointer = true)]
    [Enum("None", "ReadOnly", "ReadWrite")]
    [Default("\"ReadWrite\"")]
    public string? CachingMode { get; set; }

    [Field(4, Pointer = true)]
    [Default("\"ext4\"")]
    public string? FsType { get; set; }

    [Field(5)]
    [Default("false")]
    public bool? ReadOnly { get; set; }

    [Field(6, Pointer = true)]
    [Enum("Shared", "Dedicated", "Managed")]
    [Default("\"Shared\"")]
    public string? Kind { get; set; }
}
