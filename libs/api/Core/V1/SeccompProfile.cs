using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Which system calls are allowed.</summary>
public sealed class SeccompProfile
{
    /// <summary>RuntimeDefault, Unconfined, or Localhost for a file on the node.</summary>
    [Field(1, Required = true, Always = true)]
    [Enum("Localhost", "RuntimeDefault", "Unconfined")]
    public string? Type { get; set; }

    /// <summary>The file, below the kubelet's seccomp directory; only with Localhost.</summary>
    [Field(2, Pointer = true)]
    public string? LocalhostProfile { get; set; }
}
