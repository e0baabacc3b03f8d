using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ISCSIPersistentVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? TargetPortal { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Iqn { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Lun { get; set; }

    [Field(4)]
    [Default("\"default\"")]
    public string? IscsiInterface { get; set; }

    [Field(5)]
    public string? FsType { get; set; }

    [Field(6)]
    public bool ReadOnly { get; set; }

    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? Portals { get; set; }

    [Field(8)]
    public bool ChapAuthDiscovery { get; set; }

    [Field(11)]
    public bool ChapAuthSession { get; set; }

    [Field(10)]
    public SecretReference? SecretRef { get; set; }

    [Field(12, Pointer = true)]
    public string? InitiatorName { get; set; }
}
