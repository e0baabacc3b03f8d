using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class TableColumnDefinition
{
    [Field(0, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(0, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(0, Required = true, Always = true)]
    public string? Format { get; set; }

    [Field(0, Required = true, Always = true)]
    public string? Description { get; set; }

    [Field(0, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Priority { get; set; }
}
