using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Meta.V1;

public sealed class ManagedFieldsEntry
{
    [Field(1)]
    public string? Manager { get; set; }

    [Field(2)]
    public string? Operation { get; set; }

    [Field(3)]
    public string? ApiVersion { get; set; }

    [Field(4)]
    public Time? Time { get; set; }

    [Field(6)]
    public string? FieldsType { get; set; }

    [Field(7)]
    public JsonNode? FieldsV1 { get; set; }

    [Field(8)]
    public string? Subresource { get; set; }
}
