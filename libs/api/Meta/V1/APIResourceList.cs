using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>The resources of one version of a group.</summary>
public sealed class APIResourceList
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "APIResourceList";

    /// <summary>Group and version of the resources.</summary>
    [Field(1, Required = true, Always = true)]
    public string? GroupVersion { get; set; }

    /// <summary>The resources and their subresources.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<APIResource>? Resources { get; set; }
}
