using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerUser
{
    [Field(1)]
    public LinuxContainerUser? Linux { get; set; }
}
