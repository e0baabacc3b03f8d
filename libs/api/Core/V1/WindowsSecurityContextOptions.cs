using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class WindowsSecurityContextOptions
{
    [Field(1, Pointer = true)]
    public string? GmsaCredentialSpecName { get; set; }

    [Field(2, Pointer = true)]
    public string? GmsaCredentialSpec { get; set; }

    [Field(3, Pointer = true)]
    public string? RunAsUserName { get; set; }

    [Field(4)]
    public bool? HostProcess { get; set; }
}
