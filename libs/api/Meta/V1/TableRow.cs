using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class TableRow
{
    [Field(0, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<JsonNode?>? Cells { get; set; }

    [Field(0)]
    [ListType(ListKind.Atomic)]
    public List<TableRowCondition>? Conditions { get; set; }

    [Field(0, Always = true)]
    public JsonNode? Object { get; set; }
}
