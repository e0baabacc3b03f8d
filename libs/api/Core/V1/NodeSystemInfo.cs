using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What a node is made of.</summary>
public sealed class NodeSystemInfo
{
    /// <summary>The machine's identity, from the operating system.</summary>
    [Field(1, Required = true, Always = true)]
    public string? MachineID { get; set; }

    /// <summary>The machine's identity, from its firmware.</summary>
    [Field(2, Required = true, Always = true)]
    public string? SystemUUID { get; set; }

    /// <summary>Changes with each start of the machine.</summary>
    [Field(3, Required = true, Always = true)]
    public string? BootID { get; set; }

    /// <summary>The kernel.</summary>
    [Field(4, Required = true, Always = true)]
    public string? KernelVersion { get; set; }

    /// <summary>The operating system.</summary>
    [Field(5, Required = true, Always = true)]
    public string? OsImage { get; set; }

    /// <summary>The container runtime: name://version.</summary>
    [Field(6, Required = true, Always = true)]
    public string? ContainerRuntimeVersion { get; set; }

    /// <summary>Version of the kubelet.</summary>
    [Field(7, Required = true, Always = true)]
    public string? KubeletVersion { get; set; }

    /// <summary>No longer true; to be ignored.</summary>
    [Field(8, Required = true, Always = true)]
    public string? KubeProxyVersion { get; set; }

    /// <summary>linux or windows.</summary>
    [Field(9, Required = true, Always = true)]
    public string? OperatingSystem { get; set; }

    /// <summary>The processor's architecture, such as amd64.</summary>
    [Field(10, Required = true, Always = true)]
    public string? Architecture { get; set; }
}
