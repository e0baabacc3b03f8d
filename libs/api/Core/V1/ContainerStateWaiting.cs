using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerStateWaiting
{
    [Field(1)]
    public string? Reason { get; set; }

    [Field(2)]
    public string? Message { get; set; }
}
