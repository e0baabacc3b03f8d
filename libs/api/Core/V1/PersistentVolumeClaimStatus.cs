using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How a claim is doing.</summary>
public sealed class PersistentVolumeClaimStatus
{
    /// <summary>Pending, Bound or Lost.</summary>
    [Field(1)]
    [Enum("Bound", "Lost", "Pending")]
    [Default("\"Pending\"")]
    public string? Phase { get; set; }

    /// <summary>The ways its volume can be mounted.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    /// <summary>Size of its volume.</summary>
    [Field(3)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    /// <summary>What is going on with the claim, such as resizing.</summary>
    [Field(4)]
    [ListType(ListKind.Map, "type")]
    [PatchStrategy("merge", MergeKey = "type")]
    public List<PersistentVolumeClaimCondition>? Conditions { get; set; }

    /// <summary>Size set aside for it, which during growth is more than its capacity.</summary>
    [Field(5)]
    public Dictionary<string, Quantity>? AllocatedResources { get; set; }

    /// <summary>How far a growth has come.</summary>
    [Field(7)]
    public Dictionary<string, string>? AllocatedResourceStatuses { get; set; }

    /// <summary>The class of attributes in force.</summary>
    [Field(8, Pointer = true)]
    public string? CurrentVolumeAttributesClassName { get; set; }

    /// <summary>How far a change of attributes is.</summary>
    [Field(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; set; }
}
