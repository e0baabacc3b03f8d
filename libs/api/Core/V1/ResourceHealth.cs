using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ResourceHealth
{
    [Field(1, Required = true, Always = true)]
    public string? ResourceID { get; set; }

    [Field(2)]
    public string? Health { get; set; }
}
