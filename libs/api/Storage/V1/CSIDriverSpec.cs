using Kube.Api.Schema;

namespace Kube.Api.Storage.V1;

/// <summary>What the cluster should know of a CSI driver.</summary>
public sealed class CSIDriverSpec
{
    /// <summary>Whether volumes must be attached before they are mounted.</summary>
    [Field(1)]
    [Default("true")]
    public bool? AttachRequired { get; set; }

    /// <summary>Whether the driver is told of the pod on mounting.</summary>
    [Field(2)]
    [Default("false")]
    public bool? PodInfoOnMount { get; set; }

    /// <summary>Which volumes it serves: Persistent, Ephemeral or both.</summary>
    [Field(3)]
    [ListType(ListKind.Set)]
    [Default("[\"Persistent\"]")]
    public List<string>? VolumeLifecycleModes { get; set; }

    /// <summary>Whether the scheduler should look at the capacity the driver reports.</summary>
    [Field(4)]
    [Default("false")]
    public bool? StorageCapacity { get; set; }

    /// <summary>Whether volumes change their group with fsGroup: ReadWriteOnceWithFSType, File or None.</summary>
    [Field(5, Pointer = true)]
    [Default("\"ReadWriteOnceWithFSType\"")]
    public string? FsGroupPolicy { get; set; }

    /// <summary>Tokens of the pod's service account the driver is given.</summary>
    [Field(6)]
    [ListType(ListKind.Atomic)]
    public List<TokenRequest>? TokenRequests { get; set; }

    /// <summary>Whether mounted volumes are published again and again.</summary>
    [Field(7)]
    [Default("false")]
    public bool? RequiresRepublish { get; set; }

    /// <summary>Whether volumes can be mounted with an SELinux label.</summary>
    [Field(8)]
    [Default("false")]
    public bool? SeLinuxMount { get; set; }
}
