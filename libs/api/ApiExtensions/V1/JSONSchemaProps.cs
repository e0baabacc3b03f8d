using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class JSONSchemaProps
{
    [Field(1)]
    public string? Id { get; set; }

    [Field(2, Name = "$schema")]
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    [Field(3, Name = "$ref", Pointer = true)]
    [JsonPropertyName("$ref")]
    public string? Ref { get; set; }

    [Field(4)]
    public string? Description { get; set; }

    [Field(5)]
    public string? Type { get; set; }

    [Field(6)]
    public string? Format { get; set; }

    [Field(7)]
    public string? Title { get; set; }

    [Field(8)]
    public JsonNode? Default { get; set; }

    [Field(9)]
    public double? Maximum { get; set; }

    [Field(10)]
    public bool ExclusiveMaximum { get; set; }

    [Field(11)]
    public double? Minimum { get; set; }

    [Field(12)]
    public bool ExclusiveMinimum { get; set; }

    [Field(13)]
    public long? MaxLength { get; set; }

    [Field(14)]
    public long? MinLength { get; set; }

    [Field(15)]
    public string? Pattern { get; set; }

    [Field(16)]
    public long? MaxItems { get; set; }

    [Field(17)]
    public long? MinItems { get; set; }

    [Field(18)]
    public bool UniqueItems { get; set; }

    [Field(19)]
    public double? MultipleOf { get; set; }

    [Field(20)]
    [ListType(ListKind.Atomic)]
    public List<JsonNode?>? Enum { get; set; }

    [Field(21)]
    public long? MaxProperties { get; set; }

    [Field(22)]
    public long? MinProperties { get; set; }

    [Field(23)]
    [ListType(ListKind.Atomic)]
    public List<string>? Required { get; set; }

    [Field(24)]
    public JsonNode? Items { get; set; }

    [Field(25)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? AllOf { get; set; }

    [Field(26)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? OneOf { get; set; }

    [Field(27)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? AnyOf { get; set; }

    [Field(28)]
    public JSONSchemaProps? Not { get; set; }

    [Field(29)]
    public Dictionary<string, JSONSchemaProps>? Properties { get; set; }

    [Field(30)]
    public JsonNode? AdditionalProperties { get; set; }

    [Field(31)]
    public Dictionary<string, JSONSchemaProps>? PatternProperties { get; set; }

    [Field(32)]
    public Dictionary<string, JsonNode>? Dependencies { get; set; }

    [Field(33)]
    public JsonNode? AdditionalItems { get; set; }

    [Field(34)]
    public Dictionary<string, JSONSchemaProps>? Definitions { get; set; }

    [Field(35)]
    public ExternalDocumentation? ExternalDocs { get; set; }

    [Field(36)]
    public JsonNode? Example { get; set; }

    [Field(37)]
    public bool Nullable { get; set; }

    [Field(38, Name = "x-kubernetes-preserve-unknown-fields")]
    [JsonPropertyName("x-kubernetes-preserve-unknown-fields")]
    public bool? XKubernetesPreserveUnknownFields { get; set; }

    [Field(39, Name = "x-kubernetes-embedded-resource")]
    [JsonPropertyName("x-kubernetes-embedded-resource")]
    public bool XKubernetesEmbeddedResource { get; set; }

    [Field(40, Name = "x-kubernetes-int-or-string")]
    [JsonPropertyName("x-kubernetes-int-or-string")]
    public bool XKubernetesIntOrString { get; set; }

    [Field(41, Name = "x-kubernetes-list-map-keys")]
    [JsonPropertyName("x-kubernetes-list-map-keys")]
    [ListType(ListKind.Atomic)]
    public List<string>? XKubernetesListMapKeys { get; set; }

    [Field(42, Name = "x-kubernetes-list-type", Pointer = true)]
    [JsonPropertyName("x-kubernetes-list-type")]
    public string? XKubernetesListType { get; set; }

    [Field(43, Name = "x-kubernetes-map-type", Pointer = true)]
    [JsonPropertyName("x-kubernetes-map-type")]
    public string? XKubernetesMapType { get; set; }

    [Field(44, Name = "x-kubernetes-validations")]
    [JsonPropertyName("x-kubernetes-validations")]
    [ListType(ListKind.Map, "rule")]
    [PatchStrategy("merge", MergeKey = "rule")]
    public List<ValidationRule>? XKubernetesValidations { get; set; }
}
