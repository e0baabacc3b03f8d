using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeSource
{
    [Field(1)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    [Field(2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    [Field(3)]
    public HostPathVolumeSource? HostPath { get; set; }

    [Field(4)]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; set; }

    [Field(5)]
    public NFSVolumeSource? Nfs { get; set; }

    [Field(6)]
    public RBDPersistentVolumeSource? Rbd { get; set; }

    [Field(7)]
    public ISCSIPersistentVolumeSource? Iscsi { get; set; }

    [Field(8)]
    public CinderPersistentVolumeSource? Cinder { get; set; }

    [Field(9)]
    public CephFSPersistentVolumeSource? Cephfs { get; set; }

    [Field(10)]
    public FCVolumeSource? Fc { get; set; }

    [Field(11)]
    public FlockerVolumeSource? Flocker { get; set; }

    [Field(12)]
    public FlexPersistentVolumeSource? FlexVolume { get; set; }

    [Field(13)]
    public AzureFilePersistentVolumeSource? AzureFile { get; set; }

    [Field(14)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    [Field(15)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    [Field(16)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    [Field(17)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    [Field(18)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    [Field(19)]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; set; }

    [Field(20)]
    public LocalVolumeSource? Local { get; set; }

    [Field(21)]
    public StorageOSPersistentVolumeSource? Storageos { get; set; }

    [Field(22)]
    public CSIPersistentVolumeSource? Csi { get; set; }
}
