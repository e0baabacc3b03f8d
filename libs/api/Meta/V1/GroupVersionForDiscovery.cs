using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>One version of a group.</summary>
public sealed class GroupVersionForDiscovery
{
    /// <summary>Group and version, such as apps/v1.</summary>
    [Field(1, Required = true, Always = true)]
    public string? GroupVersion { get; set; }

    /// <summary>The version alone.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Version { get; set; }
}
