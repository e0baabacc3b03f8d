using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Security settings of a container.</summary>
public sealed class SecurityContext
{
    /// <summary>Rights of the superuser to add or take away.</summary>
    [Field(1)]
    public Capabilities? Capabilities { get; set; }

    /// <summary>Gives the container nearly all the node's rights.</summary>
    [Field(2)]
    public bool? Privileged { get; set; }

    /// <summary>SELinux label of the container.</summary>
    [Field(3)]
    public SELinuxOptions? SeLinuxOptions { get; set; }

    /// <summary>Settings for Windows.</summary>
    [Field(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; set; }

    /// <summary>User number the program runs as.</summary>
    [Field(4)]
    public long? RunAsUser { get; set; }

    /// <summary>Group number the program runs as.</summary>
    [Field(8)]
    public long? RunAsGroup { get; set; }

    /// <summary>Refuses to start the program if it would run as root.</summary>
    [Field(5)]
    public bool? RunAsNonRoot { get; set; }

    /// <summary>Makes the container's own file system read-only.</summary>
    [Field(6)]
    public bool? ReadOnlyRootFilesystem { get; set; }

    /// <summary>Whether the program may gain more rights than its parent, as by setuid.</summary>
    [Field(7)]
    public bool? AllowPrivilegeEscalation { get; set; }

    /// <summary>How /proc is shown: Default or Unmasked.</summary>
    [Field(9, Pointer = true)]
    [Enum("Default", "Unmasked")]
    public string? ProcMount { get; set; }

    /// <summary>Which system calls are allowed.</summary>
    [Field(11)]
    public SeccompProfile? SeccompProfile { get; set; }

    /// <summary>The AppArmor profile.</summary>
    [Field(12)]
    public AppArmorProfile? AppArmorProfile { get; set; }
}
