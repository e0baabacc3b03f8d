using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An iSCSI disk.</summary>
public sealed class ISCSIVolumeSource
{
    /// <summary>Address of the portal, with port unless it is 3260.</summary>
    [Field(1, Required = true, Always = true)]
    public string? TargetPortal { get; set; }

    /// <summary>Name of the target.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Iqn { get; set; }

    /// <summary>Number of the logical unit.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Lun { get; set; }

    /// <summary>Interface used.</summary>
    [Field(4)]
    [Default("\"default\"")]
    public string? IscsiInterface { get; set; }

    /// <summary>File system on it.</summary>
    [Field(5)]
    public string? FsType { get; set; }

    /// <summary>Mounts it read-only.</summary>
    [Field(6)]
    public bool ReadOnly { get; set; }

    /// <summary>Further portals.</summary>
    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? Portals { get; set; }

    /// <summary>Whether discovery uses CHAP.</summary>
    [Field(8)]
    public bool ChapAuthDiscovery { get; set; }

    /// <summary>Whether the session uses CHAP.</summary>
    [Field(11)]
    public bool ChapAuthSession { get; set; }

    /// <summary>Secret with the CHAP credentials.</summary>
    [Field(10)]
    public LocalObjectReference? SecretRef { get; set; }

    /// <summary>Name the node uses.</summary>
    [Field(12, Pointer = true)]
    public string? InitiatorName { get; set; }
}
