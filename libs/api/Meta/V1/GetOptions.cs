using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>Query parameters of get requests.</summary>
public sealed class GetOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    /// <summary>How old the answer may be: empty for the newest state, 0 for any, else at least that version.</summary>
    [Field(1)]
    public string? ResourceVersion { get; set; }
}
