using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A JSON schema, as far as definitions can use it.</summary>
public sealed class JSONSchemaProps
{
    /// <summary>Name of the schema.</summary>
    [Field(1)]
    public string? Id { get; set; }

    /// <summary>The schema language.</summary>
    [Field(2, Name = "$schema")]
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>Another schema; not allowed here.</summary>
    [Field(3, Name = "$ref", Pointer = true)]
    [JsonPropertyName("$ref")]
    public string? Ref { get; set; }

    /// <summary>What the value means.</summary>
    [Field(4)]
    public string? Description { get; set; }

    /// <summary>Type of the value: object, array, string, integer, number or boolean.</summary>
    [Field(5)]
    public string? Type { get; set; }

    /// <summary>Form of the value, such as date-time.</summary>
    [Field(6)]
    public string? Format { get; set; }

    /// <summary>Short name of the value.</summary>
    [Field(7)]
    public string? Title { get; set; }

    /// <summary>Value given where there is none.</summary>
    [Field(8)]
    public JsonNode? Default { get; set; }

    /// <summary>The most a number may be.</summary>
    [Field(9)]
    public double? Maximum { get; set; }

    /// <summary>Whether a number must be below maximum.</summary>
    [Field(10)]
    public bool ExclusiveMaximum { get; set; }

    /// <summary>The least a number may be.</summary>
    [Field(11)]
    public double? Minimum { get; set; }

    /// <summary>Whether a number must be above minimum.</summary>
    [Field(12)]
    public bool ExclusiveMinimum { get; set; }

    /// <summary>The most characters.</summary>
    [Field(13)]
    public long? MaxLength { get; set; }

    /// <summary>The fewest characters.</summary>
    [Field(14)]
    public long? MinLength { get; set; }

    /// <summary>Regular expression a string must match.</summary>
    [Field(15)]
    public string? Pattern { get; set; }

    /// <summary>The most items.</summary>
    [Field(16)]
    public long? MaxItems { get; set; }

    /// <summary>The fewest items.</summary>
    [Field(17)]
    public long? MinItems { get; set; }

    /// <summary>Whether items must differ.</summary>
    [Field(18)]
    public bool UniqueItems { get; set; }

    /// <summary>What a number must be a multiple of.</summary>
    [Field(19)]
    public double? MultipleOf { get; set; }

    /// <summary>The only values allowed.</summary>
    [Field(20)]
    [ListType(ListKind.Atomic)]
    public List<JsonNode?>? Enum { get; set; }

    /// <summary>The most members.</summary>
    [Field(21)]
    public long? MaxProperties { get; set; }

    /// <summary>The fewest members.</summary>
    [Field(22)]
    public long? MinProperties { get; set; }

    /// <summary>Members there must be.</summary>
    [Field(23)]
    [ListType(ListKind.Atomic)]
    public List<string>? Required { get; set; }

    /// <summary>Schema of the items.</summary>
    [Field(24)]
    public JsonNode? Items { get; set; }

    /// <summary>Schemas that all must fit.</summary>
    [Field(25)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? AllOf { get; set; }

    /// <summary>Schemas of which exactly one must fit.</summary>
    [Field(26)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? OneOf { get; set; }

    /// <summary>Schemas of which at least one must fit.</summary>
    [Field(27)]
    [ListType(ListKind.Atomic)]
    public List<JSONSchemaProps>? AnyOf { get; set; }

    /// <summary>A schema that must not fit.</summary>
    [Field(28)]
    public JSONSchemaProps? Not { get; set; }

    /// <summary>Schemas of the members.</summary>
    [Field(29)]
    public Dictionary<string, JSONSchemaProps>? Properties { get; set; }

    /// <summary>Schema of members not named, or whether there may be any.</summary>
    [Field(30)]
    public JsonNode? AdditionalProperties { get; set; }

    /// <summary>Schemas of members by pattern; not allowed here.</summary>
    [Field(31)]
    public Dictionary<string, JSONSchemaProps>? PatternProperties { get; set; }

    /// <summary>What a member brings with it; not allowed here.</summary>
    [Field(32)]
    public Dictionary<string, JsonNode>? Dependencies { get; set; }

    /// <summary>Schema of further items; not allowed here.</summary>
    [Field(33)]
    public JsonNode? AdditionalItems { get; set; }

    /// <summary>Named schemas; not allowed here.</summary>
    [Field(34)]
    public Dictionary<string, JSONSchemaProps>? Definitions { get; set; }

    /// <summary>Where more is written.</summary>
    [Field(35)]
    public ExternalDocumentation? ExternalDocs { get; set; }

    /// <summary>A value as it might be.</summary>
    [Field(36)]
    public JsonNode? Example { get; set; }

    /// <summary>Whether null is allowed.</summary>
    [Field(37)]
    public bool Nullable { get; set; }

    /// <summary>Keeps members that the schema does not have.</summary>
    [Field(38, Name = "x-kubernetes-preserve-unknown-fields")]
    [JsonPropertyName("x-kubernetes-preserve-unknown-fields")]
    public bool? XKubernetesPreserveUnknownFields { get; set; }

    /// <summary>Whether the value is an object with apiVersion, kind and metadata.</summary>
    [Field(39, Name = "x-kubernetes-embedded-resource")]
    [JsonPropertyName("x-kubernetes-embedded-resource")]
    public bool XKubernetesEmbeddedResource { get; set; }

    /// <summary>Whether the value is a number or a string.</summary>
    [Field(40, Name = "x-kubernetes-int-or-string")]
    [JsonPropertyName("x-kubernetes-int-or-string")]
    public bool XKubernetesIntOrString { get; set; }

    /// <summary>Members that tell items of a list apart.</summary>
    [Field(41, Name = "x-kubernetes-list-map-keys")]
    [JsonPropertyName("x-kubernetes-list-map-keys")]
    [ListType(ListKind.Atomic)]
    public List<string>? XKubernetesListMapKeys { get; set; }

    /// <summary>How a list merges: atomic, set or map.</summary>
    [Field(42, Name = "x-kubernetes-list-type", Pointer = true)]
    [JsonPropertyName("x-kubernetes-list-type")]
    public string? XKubernetesListType { get; set; }

    /// <summary>How an object merges: granular or atomic.</summary>
    [Field(43, Name = "x-kubernetes-map-type", Pointer = true)]
    [JsonPropertyName("x-kubernetes-map-type")]
    public string? XKubernetesMapType { get; set; }

    /// <summary>Rules in CEL.</summary>
    [Field(44, Name = "x-kubernetes-validations")]
    [JsonPropertyName("x-kubernetes-validations")]
    [ListType(ListKind.Map, "rule")]
    [PatchStrategy("merge", MergeKey = "rule")]
    public List<ValidationRule>? XKubernetesValidations { get; set; }
}
