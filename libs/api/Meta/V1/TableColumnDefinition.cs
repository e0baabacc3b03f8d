using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>What a column of a table holds.</summary>
public sealed class TableColumnDefinition
{
    /// <summary>The column's heading.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>OpenAPI type of the cells: string, integer, number, boolean or date.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>OpenAPI format of the cells; name marks the column with the object's name.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Format { get; set; }

    /// <summary>What the column shows.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Description { get; set; }

    /// <summary>0 for columns always shown; higher for ones that may be left out.</summary>
    [Field(0, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Priority { get; set; }
}
