using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What a container is doing: exactly one of waiting, running and terminated.</summary>
public sealed class ContainerState
{
    /// <summary>Set while it does not run yet.</summary>
    [Field(1)]
    public ContainerStateWaiting? Waiting { get; set; }

    /// <summary>Set while it runs.</summary>
    [Field(2)]
    public ContainerStateRunning? Running { get; set; }

    /// <summary>Set once it has ended.</summary>
    [Field(3)]
    public ContainerStateTerminated? Terminated { get; set; }
}
