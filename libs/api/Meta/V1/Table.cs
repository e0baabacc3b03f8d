using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class Table
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "meta.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Table";

    [Field(0, Always = true)]
    public ListMeta? Metadata { get; set; }

    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<TableColumnDefinition>? ColumnDefinitions { get; set; }

    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<TableRow>? Rows { get; set; }
}
