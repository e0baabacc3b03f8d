using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeClaimSpec
{
    [Field(1)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    [Field(4)]
    public LabelSelector? Selector { get; set; }

    [Field(2, Always = true)]
    public VolumeResourceRequirements? Resources { get; set; }

    [Field(3)]
    public string? VolumeName { get; set; }

    [Field(5, Pointer = true)]
    public string? StorageClassName { get; set; }

    [Field(6, Pointer = true)]
    [Enum("Block", "Filesystem")]
    [Default("\"Filesystem\"")]
    public string? VolumeMode { get; set; }

    [Field(7)]
    public TypedLocalObjectReference? DataSource { get; set; }

    [Field(8)]
    public TypedObjectReference? DataSourceRef { get; set; }

    [Field(9, Pointer = true)]
    public string? VolumeAttributesClassName { get; set; }
}
