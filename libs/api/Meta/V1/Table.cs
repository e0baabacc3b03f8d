using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>Objects as rows of text, as kubectl shows them.</summary>
public sealed class Table
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "meta.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Table";

    /// <summary>Resource version and continuation of the list behind the table.</summary>
    [Field(0, Always = true)]
    public ListMeta? Metadata { get; set; }

    /// <summary>The columns; each row has a cell for each.</summary>
    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<TableColumnDefinition>? ColumnDefinitions { get; set; }

    /// <summary>The rows.</summary>
    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<TableRow>? Rows { get; set; }
}
