using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>What a persistent volume is.</summary>
public sealed class PersistentVolumeSpec
{
    /// <summary>Its size.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    /// <summary>A Google Compute Engine disk; moved to its CSI driver.</summary>
    [Field(1, Within = 2)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    /// <summary>An Amazon EBS volume; moved to its CSI driver.</summary>
    [Field(2, Within = 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    /// <summary>A path of the node itself. Gives the pod access to the node: use with care.</summary>
    [Field(3, Within = 2)]
    public HostPathVolumeSource? HostPath { get; set; }

    /// <summary>A GlusterFS volume; no longer served.</summary>
    [Field(4, Within = 2)]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; set; }

    /// <summary>An NFS share.</summary>
    [Field(5, Within = 2)]
    public NFSVolumeSource? Nfs { get; set; }

    /// <summary>A Ceph RADOS block device; no longer served.</summary>
    [Field(6, Within = 2)]
    public RBDPersistentVolumeSource? Rbd { get; set; }

    /// <summary>An iSCSI disk.</summary>
    [Field(7, Within = 2)]
    public ISCSIPersistentVolumeSource? Iscsi { get; set; }

    /// <summary>An OpenStack Cinder volume; moved to its CSI driver.</summary>
    [Field(8, Within = 2)]
    public CinderPersistentVolumeSource? Cinder { get; set; }

    /// <summary>A CephFS volume; no longer served.</summary>
    [Field(9, Within = 2)]
    public CephFSPersistentVolumeSource? Cephfs { get; set; }

    /// <summary>A Fibre Channel disk.</summary>
    [Field(10, Within = 2)]
    public FCVolumeSource? Fc { get; set; }

    /// <summary>A Flocker data set; no longer served.</summary>
    [Field(11, Within = 2)]
    public FlockerVolumeSource? Flocker { get; set; }

    /// <summary>A volume of an exec-based driver. Outdated: use a CSI driver.</summary>
    [Field(12, Within = 2)]
    public FlexPersistentVolumeSource? FlexVolume { get; set; }

    /// <summary>An Azure file share; moved to its CSI driver.</summary>
    [Field(13, Within = 2)]
    public AzureFilePersistentVolumeSource? AzureFile { get; set; }

    /// <summary>A vSphere disk; moved to its CSI driver.</summary>
    [Field(14, Within = 2)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    /// <summary>A Quobyte volume; no longer served.</summary>
    [Field(15, Within = 2)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    /// <summary>An Azure disk; moved to its CSI driver.</summary>
    [Field(16, Within = 2)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    /// <summary>A Photon disk; no longer served.</summary>
    [Field(17, Within = 2)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    /// <summary>A Portworx volume; moved to its CSI driver.</summary>
    [Field(18, Within = 2)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    /// <summary>A ScaleIO volume; no longer served.</summary>
    [Field(19, Within = 2)]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; set; }

    /// <summary>A disk or directory of one node.</summary>
    [Field(20, Within = 2)]
    public LocalVolumeSource? Local { get; set; }

    /// <summary>A StorageOS volume; no longer served.</summary>
    [Field(21, Within = 2)]
    public StorageOSPersistentVolumeSource? Storageos { get; set; }

    /// <summary>Storage of a CSI driver.</summary>
    [Field(22, Within = 2)]
    public CSIPersistentVolumeSource? Csi { get; set; }

    /// <summary>The ways it can be mounted.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    /// <summary>The claim it is bound to.</summary>
    [Field(4)]
    public ObjectReference? ClaimRef { get; set; }

    /// <summary>What becomes of it when its claim is gone: Retain, Delete or Recycle.</summary>
    [Field(5)]
    [Enum("Delete", "Recycle", "Retain")]
    [Default("\"Retain\"")]
    public string? PersistentVolumeReclaimPolicy { get; set; }

    /// <summary>Its storage class; empty for none.</summary>
    [Field(6)]
    public string? StorageClassName { get; set; }

    /// <summary>Options for mounting it.</summary>
    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? MountOptions { get; set; }

    /// <summary>Filesystem or Block.</summary>
    [Field(8, Pointer = true)]
    [Enum("Block", "Filesystem")]
    [Default("\"Filesystem\"")]
    public string? VolumeMode { get; set; }

    /// <summary>The nodes it can be used from.</summary>
    [Field(9)]
    public VolumeNodeAffinity? NodeAffinity { get; set; }

    /// <summary>The class of its changeable attributes.</summary>
    [Field(10, Pointer = true)]
    public string? VolumeAttributesClassName { get; set; }
}
