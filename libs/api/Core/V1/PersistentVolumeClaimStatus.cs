using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeClaimStatus
{
    [Field(1)]
    [Enum("Pending", "Bound", "Lost")]
    [Default("\"Pending\"")]
    public string? Phase { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    [Field(3)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    [Field(4)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PersistentVolumeClaimCondition>? Conditions { get; set; }

    [Field(5)]
    public Dictionary<string, Quantity>? AllocatedResources { get; set; }

    [Field(7)]
    public Dictionary<string, string>? AllocatedResourceStatuses { get; set; }

    [Field(8, Pointer = true)]
    public string? CurrentVolumeAttributesClassName { get; set; }

    [Field(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; set; }
}
