using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ContainerResizePolicy
{
    [Field(1, Required = true, Always = true)]
    public string? ResourceName { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? RestartPolicy { get; set; }
}
