using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Security settings of a pod and the defaults of its containers.</summary>
public sealed class PodSecurityContext
{
    /// <summary>SELinux label of all containers.</summary>
    [Field(1)]
    public SELinuxOptions? SeLinuxOptions { get; set; }

    /// <summary>Settings for Windows.</summary>
    [Field(8)]
    public WindowsSecurityContextOptions? WindowsOptions { get; set; }

    /// <summary>User number that programs run as; the image's own when absent.</summary>
    [Field(2)]
    public long? RunAsUser { get; set; }

    /// <summary>Group number that programs run as; the runtime's choice when absent.</summary>
    [Field(6)]
    public long? RunAsGroup { get; set; }

    /// <summary>Refuses to start programs that would run as root.</summary>
    [Field(3)]
    public bool? RunAsNonRoot { get; set; }

    /// <summary>Further groups of the first process in each container.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<long>? SupplementalGroups { get; set; }

    /// <summary>Merge adds the groups the image gives the user; Strict leaves them out.</summary>
    [Field(12, Pointer = true)]
    [Enum("Merge", "Strict")]
    public string? SupplementalGroupsPolicy { get; set; }

    /// <summary>Group that owns the pod's volumes, and that every process belongs to.</summary>
    [Field(5)]
    public long? FsGroup { get; set; }

    /// <summary>Kernel settings of the pod's namespaces.</summary>
    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<Sysctl>? Sysctls { get; set; }

    /// <summary>When a volume's files change their group: Always, or OnRootMismatch.</summary>
    [Field(9, Pointer = true)]
    [Enum("Always", "OnRootMismatch")]
    public string? FsGroupChangePolicy { get; set; }

    /// <summary>Which system calls are allowed.</summary>
    [Field(10)]
    public SeccompProfile? SeccompProfile { get; set; }

    /// <summary>The AppArmor profile.</summary>
    [Field(11)]
    public AppArmorProfile? AppArmorProfile { get; set; }

    /// <summary>How volumes get the SELinux label: Recursive or MountOption.</summary>
    [Field(13, Pointer = true)]
    public string? SeLinuxChangePolicy { get; set; }
}
