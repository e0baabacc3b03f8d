using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodSecurityContext
{
    [Field(1)]
    public SELinuxOptions? SeLinuxOptions { get; set; }

    [Field(8)]
    public WindowsSecurityContextOptions? WindowsOptions { get; set; }

    [Field(2)]
    public long? RunAsUser { get; set; }

    [Field(6)]
    public long? RunAsGroup { get; set; }

    [Field(3)]
    public bool? RunAsNonRoot { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<long>? SupplementalGroups { get; set; }

    [Field(12, Pointer = true)]
    [Enum("Merge", "Strict")]
    public string? SupplementalGroupsPolicy { get; set; }

    [Field(5)]
    public long? FsGroup { get; set; }

    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<Sysctl>? Sysctls { get; set; }

    [Field(9, Pointer = true)]
    [Enum("OnRootMismatch", "Always")]
    public string? FsGroupChangePolicy { get; set; }

    [Field(10)]
    public SeccompProfile? SeccompProfile { get; set; }

    [Field(11)]
    public AppArmorProfile? AppArmorProfile { get; set; }

    [Field(13, Pointer = true)]
    public string? SeLinuxChangePolicy { get; set; }
}
