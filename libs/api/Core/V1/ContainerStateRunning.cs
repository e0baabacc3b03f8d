using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ContainerStateRunning
{
    [Field(1, Always = true)]
    public Time? StartedAt { get; set; }
}
