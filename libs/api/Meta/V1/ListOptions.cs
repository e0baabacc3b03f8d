using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class ListOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    [Field(1)]
    public string? LabelSelector { get; set; }

    [Field(2)]
    public string? FieldSelector { get; set; }

    [Field(3)]
    public bool Watch { get; set; }

    [Field(9)]
    public bool AllowWatchBookmarks { get; set; }

    [Field(4)]
    public string? ResourceVersion { get; set; }

    [Field(10)]
    public string? ResourceVersionMatch { get; set; }

    [Field(5)]
    public long? TimeoutSeconds { get; set; }

    [Field(7)]
    public long Limit { get; set; }

    [Field(8)]
    public string? Continue { get; set; }

    [Field(11)]
    public bool? SendInitialEvents { get; set; }
}
