using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Fibre Channel disk.</summary>
public sealed class FCVolumeSource
{
    /// <summary>World-wide names of the target.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? TargetWWNs { get; set; }

    /// <summary>Number of the logical unit.</summary>
    [Field(2)]
    public int? Lun { get; set; }

    /// <summary>File system on it.</summary>
    [Field(3)]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(4)]
    public bool ReadOnly { get; set; }

    /// <summary>World-wide identifiers, in place of target and unit.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? Wwids { get; set; }
}
