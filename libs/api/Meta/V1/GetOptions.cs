using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class GetOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    [Field(1)]
    public string? ResourceVersion { get; set; }
}
