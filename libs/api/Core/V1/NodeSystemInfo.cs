using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class NodeSystemInfo
{
    [Field(1, Required = true, Always = true)]
    public string? MachineID { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? SystemUUID { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? BootID { get; set; }

    [Field(4, Required = true, Always = true)]
    public string? KernelVersion { get; set; }

    [Field(5, Required = true, Always = true)]
    public string? OsImage { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? ContainerRuntimeVersion { get; set; }

    [Field(7, Required = true, Always = true)]
    public string? KubeletVersion { get; set; }

    [Field(8, Required = true, Always = true)]
    public string? KubeProxyVersion { get; set; }

    [Field(9, Required = true, Always = true)]
    public string? OperatingSystem { get; set; }

    [Field(10, Required = true, Always = true)]
    public string? Architecture { get; set; }
}
