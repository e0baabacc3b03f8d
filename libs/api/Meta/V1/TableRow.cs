using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>One object in a table.</summary>
public sealed class TableRow
{
    /// <summary>The values, one for each column.</summary>
    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<JsonNode?>? Cells { get; set; }

    /// <summary>What is to be said of the row as a whole, such as that its object has finished.</summary>
    [Field(0)]
    [ListType(ListKind.Atomic)]
    public List<TableRowCondition>? Conditions { get; set; }

    /// <summary>The object behind the row: as a whole, its metadata, or nothing, as the client asked.</summary>
    [Field(0, Always = true)]
    public JsonNode? Object { get; set; }
}
