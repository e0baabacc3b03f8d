using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeSpec
{
    [Field(1)]
    public Dictionary<string, Quantity>? Capacity { get; set; }

    [Field(1, Within = 2)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    [Field(2, Within = 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    [Field(3, Within = 2)]
    public HostPathVolumeSource? HostPath { get; set; }

    [Field(4, Within = 2)]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; set; }

    [Field(5, Within = 2)]
    public NFSVolumeSource? Nfs { get; set; }

    [Field(6, Within = 2)]
    public RBDPersistentVolumeSource? Rbd { get; set; }

    [Field(7, Within = 2)]
    public ISCSIPersistentVolumeSource? Iscsi { get; set; }

    [Field(8, Within = 2)]
    public CinderPersistentVolumeSource? Cinder { get; set; }

    [Field(9, Within = 2)]
    public CephFSPersistentVolumeSource? Cephfs { get; set; }

    [Field(10, Within = 2)]
    public FCVolumeSource? Fc { get; set; }

    [Field(11, Within = 2)]
    public FlockerVolumeSource? Flocker { get; set; }

    [Field(12, Within = 2)]
    public FlexPersistentVolumeSource? FlexVolume { get; set; }

    [Field(13, Within = 2)]
    public AzureFilePersistentVolumeSource? AzureFile { get; set; }

    [Field(14, Within = 2)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    [Field(15, Within = 2)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    [Field(16, Within = 2)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    [Field(17, Within = 2)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    [Field(18, Within = 2)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    [Field(19, Within = 2)]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; set; }

    [Field(20, Within = 2)]
    public LocalVolumeSource? Local { get; set; }

    [Field(21, Within = 2)]
    public StorageOSPersistentVolumeSource? Storageos { get; set; }

    [Field(22, Within = 2)]
    public CSIPersistentVolumeSource? Csi { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    [Enum("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public List<string>? AccessModes { get; set; }

    [Field(4)]
    public ObjectReference? ClaimRef { get; set; }

    [Field(5)]
    [Enum("Recycle", "Delete", "Retain")]
    [Default("\"Retain\"")]
    public string? PersistentVolumeReclaimPolicy { get; set; }

    [Field(6)]
    public string? StorageClassName { get; set; }

    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? MountOptions { get; set; }

    [Field(8, Pointer = true)]
    [Enum("Block", "Filesystem")]
    [Default("\"Filesystem\"")]
    public string? VolumeMode { get; set; }

    [Field(9)]
    public VolumeNodeAffinity? NodeAffinity { get; set; }

    [Field(10, Pointer = true)]
    public string? VolumeAttributesClassName { get; set; }
}
