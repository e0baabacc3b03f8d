using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class VolumeSource
{
    [Field(1)]
    public HostPathVolumeSource? HostPath { get; set; }

    [Field(2)]
    public EmptyDirVolumeSource? EmptyDir { get; set; }

    [Field(3)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    [Field(4)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    [Field(5)]
    public GitRepoVolumeSource? GitRepo { get; set; }

    [Field(6)]
    public SecretVolumeSource? Secret { get; set; }

    [Field(7)]
    public NFSVolumeSource? Nfs { get; set; }

    [Field(8)]
    public ISCSIVolumeSource? Iscsi { get; set; }

    [Field(9)]
    public GlusterfsVolumeSource? Glusterfs { get; set; }

    [Field(10)]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; set; }

    [Field(11)]
    public RBDVolumeSource? Rbd { get; set; }

    [Field(12)]
    public FlexVolumeSource? FlexVolume { get; set; }

    [Field(13)]
    public CinderVolumeSource? Cinder { get; set; }

    [Field(14)]
    public CephFSVolumeSource? Cephfs { get; set; }

    [Field(15)]
    public FlockerVolumeSource? Flocker { get; set; }

    [Field(16)]
    public DownwardAPIVolumeSource? DownwardAPI { get; set; }

    [Field(17)]
    public FCVolumeSource? Fc { get; set; }

    [Field(18)]
    public AzureFileVolumeSource? AzureFile { get; set; }

    [Field(19)]
    public ConfigMapVolumeSource? ConfigMap { get; set; }

    [Field(20)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    [Field(21)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    [Field(22)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    [Field(23)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    [Field(26)]
    public ProjectedVolumeSource? Projected { get; set; }

    [Field(24)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    [Field(25)]
    public ScaleIOVolumeSource? ScaleIO { get; set; }

    [Field(27)]
    public StorageOSVolumeSource? Storageos { get; set; }

    [Field(28)]
    public CSIVolumeSource? Csi { get; set; }

    [Field(29)]
    public EphemeralVolumeSource? Ephemeral { get; set; }

    [Field(30)]
    public ImageVolumeSource? Image { get; set; }
}
