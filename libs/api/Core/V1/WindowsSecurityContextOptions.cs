using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Security settings on Windows.</summary>
public sealed class WindowsSecurityContextOptions
{
    /// <summary>Name of the managed service account's credentials.</summary>
    [Field(1, Pointer = true)]
    public string? GmsaCredentialSpecName { get; set; }

    /// <summary>The credentials themselves.</summary>
    [Field(2, Pointer = true)]
    public string? GmsaCredentialSpec { get; set; }

    /// <summary>User name the program runs as.</summary>
    [Field(3, Pointer = true)]
    public string? RunAsUserName { get; set; }

    /// <summary>Runs the container as a process of the node; all containers of a pod alike.</summary>
    [Field(4)]
    public bool? HostProcess { get; set; }
}
