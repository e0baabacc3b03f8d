using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class FCVolumeSource
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? TargetWWNs { get; set; }

    [Field(2)]
    public int? Lun { get; set; }

    [Field(3)]
    public string? FsType { get; set; }

    [Field(4)]
    public bool ReadOnly { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? Wwids { get; set; }
}
