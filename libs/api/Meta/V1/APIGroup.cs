using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class APIGroup
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIGroup";

    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<GroupVersionForDiscovery>? Versions { get; set; }

    [Field(3, Always = true)]
    public GroupVersionForDiscovery? PreferredVersion { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; set; }
}
