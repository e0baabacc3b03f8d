using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodSchedulingGate
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
