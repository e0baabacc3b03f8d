using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>The versions that the core group is served in.</summary>
public sealed class APIVersions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIVersions";

    /// <summary>The versions, the preferred first.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Versions { get; set; }

    /// <summary>Which address clients of each network should use.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; set; }
}
