using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>The groups the server knows.</summary>
public sealed class APIGroupList
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIGroupList";

    /// <summary>The groups.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<APIGroup>? Groups { get; set; }
}
