using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class SecurityContext
{
    [Field(1)]
    public Capabilities? Capabilities { get; set; }

    [Field(2)]
    public bool? Privileged { get; set; }

    [Field(3)]
    public SELinuxOptions? SeLinuxOptions { get; set; }

    [Field(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; set; }

    [Field(4)]
    public long? RunAsUser { get; set; }

    [Field(8)]
    public long? RunAsGroup { get; set; }

    [Field(5)]
    public bool? RunAsNonRoot { get; set; }

    [Field(6)]
    public bool? ReadOnlyRootFilesystem { get; set; }

    [Field(7)]
    public bool? AllowPrivilegeEscalation { get; set; }

    [Field(9, Pointer = true)]
    [Enum("Default", "Unmasked")]
    public string? ProcMount { get; set; }

    [Field(11)]
    public SeccompProfile? SeccompProfile { get; set; }

    [Field(12)]
    public AppArmorProfile? AppArmorProfile { get; set; }
}
