using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class WatchEvent
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(2, Required = true, Always = true)]
    public JsonNode? Object { get; set; }
}
