using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What storage is wanted.</summary>
public sealed class PersistentVolumeClaimSpec
{
    /// <summary>The ways it must be mountable: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    /// <summary>Labels the volume must have.</summary>
    [Field(4)]
    public LabelSelector? Selector { get; set; }

    /// <summary>How much is wanted; it may grow later.</summary>
    [Field(2, Always = true)]
    public VolumeResourceRequirements? Resources { get; set; }

    /// <summary>The volume bound to the claim.</summary>
    [Field(3)]
    public string? VolumeName { get; set; }

    /// <summary>The storage class wanted: absent for the default, empty for none.</summary>
    [Field(5, Pointer = true)]
    public string? StorageClassName { get; set; }

    /// <summary>Filesystem or Block.</summary>
    [Field(6, Pointer = true)]
    [Enum("Block", "Filesystem")]
    [Default("\"Filesystem\"")]
    public string? VolumeMode { get; set; }

    /// <summary>What the volume's contents are copied from: a snapshot or another claim.</summary>
    [Field(7)]
    public TypedLocalObjectReference? DataSource { get; set; }

    /// <summary>Like dataSource, but any kind of object and, where allowed, another namespace.</summary>
    [Field(8)]
    public TypedObjectReference? DataSourceRef { get; set; }

    /// <summary>The class of changeable attributes wanted.</summary>
    [Field(9, Pointer = true)]
    public string? VolumeAttributesClassName { get; set; }
}
