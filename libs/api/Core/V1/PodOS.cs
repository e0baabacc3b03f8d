using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodOS
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
