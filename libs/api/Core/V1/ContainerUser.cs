using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Who a container's first process runs as.</summary>
public sealed class ContainerUser
{
    /// <summary>The identity on Linux.</summary>
    [Field(1)]
    public LinuxContainerUser? Linux { get; set; }
}
