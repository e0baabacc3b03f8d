using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class GroupVersionForDiscovery
{
    [Field(1, Required = true, Always = true)]
    public string? GroupVersion { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Version { get; set; }
}
