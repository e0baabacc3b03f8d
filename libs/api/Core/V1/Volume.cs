using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Volume
{
    [Field(1, Required = true, Always = true)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    [Field(1, Within = 2)]
    public HostPathVolumeSource? HostPath { get; set; }

    [Field(2, Within = 2)]
    public EmptyDirVolumeSource? EmptyDir { get; set; }

    [Field(3, Within = 2)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    [Field(4, Within = 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    [Field(5, Within = 2)]
    public GitRepoVolumeSource? GitRepo { get; set; }

    [Field(6, Within = 2)]
    public SecretVolumeSource? Secret { get; set; }

    [Field(7, Within = 2)]
    public NFSVolumeSource? Nfs { get; set; }

    [Field(8, Within = 2)]
    public ISCSIVolumeSource? Iscsi { get; set; }

    [Field(9, Within = 2)]
    public GlusterfsVolumeSource? Glusterfs { get; set; }

    [Field(10, Within = 2)]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; set; }

    [Field(11, Within = 2)]
    public RBDVolumeSource? Rbd { get; set; }

    [Field(12, Within = 2)]
    public FlexVolumeSource? FlexVolume { get; set; }

    [Field(13, Within = 2)]
    public CinderVolumeSource? Cinder { get; set; }

    [Field(14, Within = 2)]
    public CephFSVolumeSource? Cephfs { get; set; }

    [Field(15, Within = 2)]
    public FlockerVolumeSource? Flocker { get; set; }

    [Field(16, Within = 2)]
    public DownwardAPIVolumeSource? DownwardAPI { get; set; }

    [Field(17, Within = 2)]
    public FCVolumeSource? Fc { get; set; }

    [Field(18, Within = 2)]
    public AzureFileVolumeSource? AzureFile { get; set; }

    [Field(19, Within = 2)]
    public ConfigMapVolumeSource? ConfigMap { get; set; }

    [Field(20, Within = 2)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    [Field(21, Within = 2)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    [Field(22, Within = 2)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    [Field(23, Within = 2)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    [Field(26, Within = 2)]
    public ProjectedVolumeSource? Projected { get; set; }

    [Field(24, Within = 2)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    [Field(25, Within = 2)]
    public ScaleIOVolumeSource? ScaleIO { get; set; }

    [Field(27, Within = 2)]
    public StorageOSVolumeSource? Storageos { get; set; }

    [Field(28, Within = 2)]
    public CSIVolumeSource? Csi { get; set; }

    [Field(29, Within = 2)]
    public EphemeralVolumeSource? Ephemeral { get; set; }

    [Field(30, Within = 2)]
    public ImageVolumeSource? Image { get; set; }
}
