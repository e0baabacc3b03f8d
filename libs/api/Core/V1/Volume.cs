using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Storage that a pod's containers can mount: a name and exactly one source.</summary>
public sealed class Volume
{
    /// <summary>Name of the volume, unique in the pod; mounts refer to it.</summary>
    [Field(1, Required = true, Always = true)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    /// <summary>A path of the node itself. Gives the pod access to the node: use with care.</summary>
    [Field(1, Within = 2)]
    public HostPathVolumeSource? HostPath { get; set; }

    /// <summary>An empty directory that lives as long as the pod.</summary>
    [Field(2, Within = 2)]
    public EmptyDirVolumeSource? EmptyDir { get; set; }

    /// <summary>A Google Compute Engine disk; moved to its CSI driver.</summary>
    [Field(3, Within = 2)]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; set; }

    /// <summary>An Amazon EBS volume; moved to its CSI driver.</summary>
    [Field(4, Within = 2)]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; set; }

    /// <summary>A git repository's contents. Outdated.</summary>
    [Field(5, Within = 2)]
    public GitRepoVolumeSource? GitRepo { get; set; }

    /// <summary>A secret, each key a file.</summary>
    [Field(6, Within = 2)]
    public SecretVolumeSource? Secret { get; set; }

    /// <summary>An NFS share.</summary>
    [Field(7, Within = 2)]
    public NFSVolumeSource? Nfs { get; set; }

    /// <summary>An iSCSI disk.</summary>
    [Field(8, Within = 2)]
    public ISCSIVolumeSource? Iscsi { get; set; }

    /// <summary>A GlusterFS volume; no longer served.</summary>
    [Field(9, Within = 2)]
    public GlusterfsVolumeSource? Glusterfs { get; set; }

    /// <summary>The volume bound to a claim in the pod's namespace.</summary>
    [Field(10, Within = 2)]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; set; }

    /// <summary>A Ceph RADOS block device; no longer served.</summary>
    [Field(11, Within = 2)]
    public RBDVolumeSource? Rbd { get; set; }

    /// <summary>A volume of an exec-based driver. Outdated: use a CSI driver.</summary>
    [Field(12, Within = 2)]
    public FlexVolumeSource? FlexVolume { get; set; }

    /// <summary>An OpenStack Cinder volume; moved to its CSI driver.</summary>
    [Field(13, Within = 2)]
    public CinderVolumeSource? Cinder { get; set; }

    /// <summary>A CephFS volume; no longer served.</summary>
    [Field(14, Within = 2)]
    public CephFSVolumeSource? Cephfs { get; set; }

    /// <summary>A Flocker data set; no longer served.</summary>
    [Field(15, Within = 2)]
    public FlockerVolumeSource? Flocker { get; set; }

    /// <summary>Fields of the pod as files.</summary>
    [Field(16, Within = 2)]
    public DownwardAPIVolumeSource? DownwardAPI { get; set; }

    /// <summary>A Fibre Channel disk.</summary>
    [Field(17, Within = 2)]
    public FCVolumeSource? Fc { get; set; }

    /// <summary>An Azure file share; moved to its CSI driver.</summary>
    [Field(18, Within = 2)]
    public AzureFileVolumeSource? AzureFile { get; set; }

    /// <summary>A config map, each key a file.</summary>
    [Field(19, Within = 2)]
    public ConfigMapVolumeSource? ConfigMap { get; set; }

    /// <summary>A vSphere disk; moved to its CSI driver.</summary>
    [Field(20, Within = 2)]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; set; }

    /// <summary>A Quobyte volume; no longer served.</summary>
    [Field(21, Within = 2)]
    public QuobyteVolumeSource? Quobyte { get; set; }

    /// <summary>An Azure disk; moved to its CSI driver.</summary>
    [Field(22, Within = 2)]
    public AzureDiskVolumeSource? AzureDisk { get; set; }

    /// <summary>A Photon disk; no longer served.</summary>
    [Field(23, Within = 2)]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; set; }

    /// <summary>Several sources in one directory.</summary>
    [Field(26, Within = 2)]
    public ProjectedVolumeSource? Projected { get; set; }

    /// <summary>A Portworx volume; moved to its CSI driver.</summary>
    [Field(24, Within = 2)]
    public PortworxVolumeSource? PortworxVolume { get; set; }

    /// <summary>A ScaleIO volume; no longer served.</summary>
    [Field(25, Within = 2)]
    public ScaleIOVolumeSource? ScaleIO { get; set; }

    /// <summary>A StorageOS volume; no longer served.</summary>
    [Field(27, Within = 2)]
    public StorageOSVolumeSource? Storageos { get; set; }

    /// <summary>A volume of a CSI driver.</summary>
    [Field(28, Within = 2)]
    public CSIVolumeSource? Csi { get; set; }

    /// <summary>A volume made for the pod through a claim, and removed with it.</summary>
    [Field(29, Within = 2)]
    public EphemeralVolumeSource? Ephemeral { get; set; }

    /// <summary>The contents of an image, read-only.</summary>
    [Field(30, Within = 2)]
    public ImageVolumeSource? Image { get; set; }
}
