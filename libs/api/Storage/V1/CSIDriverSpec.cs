using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

public sealed class CSIDriverSpec
{
    [Field(1)]
    [Default("true")]
    public bool? AttachRequired { get; set; }

    [Field(2)]
    [Default("false")]
    public bool? PodInfoOnMount { get; set; }

    [Field(3)]
    [ListType(ListKind.Set)]
    [Default("[\"Persistent\"]")]
    public List<string>? VolumeLifecycleModes { get; set; }

    [Field(4)]
    [Default("false")]
    public bool? StorageCapacity { get; set; }

    [Field(5, Pointer = true)]
    [Default("\"ReadWriteOnceWithFSType\"")]
    public string? FsGroupPolicy { get; set; }

    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<TokenRequest>? TokenRequests { get; set; }

    [Field(7)]
    [Default("false")]
    public bool? RequiresRepublish { get; set; }

    [Field(8)]
    [Default("false")]
    public bool? SeLinuxMount { get; set; }
}
