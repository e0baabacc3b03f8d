using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerState
{
    [Field(1)]
    public ContainerStateWaiting? Waiting { get; set; }

    [Field(2)]
    public ContainerStateRunning? Running { get; set; }

    [Field(3)]
    public ContainerStateTerminated? Terminated { get; set; }
}
