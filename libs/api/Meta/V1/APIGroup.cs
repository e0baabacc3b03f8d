using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>A group of kinds and the versions it is served in.</summary>
public sealed class APIGroup
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIGroup";

    /// <summary>The group's name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>The versions it is served in.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<GroupVersionForDiscovery>? Versions { get; set; }

    /// <summary>The version to use when nothing speaks for another.</summary>
    [Field(3, Always = true)]
    public GroupVersionForDiscovery? PreferredVersion { get; set; }

    /// <summary>Which address clients of each network should use.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; set; }
}
