using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

[Atomic]
public sealed class ResourceFieldSelector
{
    [Field(1)]
    public string? ContainerName { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Resource { get; set; }

    [Field(3, Always = true)]
    public Quantity? Divisor { get; set; }
}
