using Kube.Api.Schema;

namespace Kube.Api.Discovery.V1;

public sealed class ForZone
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
