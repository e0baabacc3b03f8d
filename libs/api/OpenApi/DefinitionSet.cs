using System.Text.Json.Nodes;
using Kube.Api.Documentation;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.OpenApi;

/// <summary>
/// The definitions of a document, written as references to them are met. Not for several threads.
/// </summary>
internal sealed class DefinitionSet(bool isV3)
{
    private readonly SortedDictionary<string, JsonObject> _definitions = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, ObjectSchema Schema)> _pending = new();
    private readonly Dictionary<string, List<GroupVersionKind>> _kinds = new(StringComparer.Ordinal);

    private string RefPrefix => isV3 ? "#/components/schemas/" : "#/definitions/";

    /// <summary>A reference to an object's definition, which is written when it is new.</summary>
    internal JsonObject Reference(ObjectSchema schema)
    {
        var name = OpenApiNames.Of(schema);
        if (!_definitions.ContainsKey(name))
        {
            _definitions[name] = [];
            _pending.Enqueue((name, schema));
        }

        return Reference(name);
    }

    /// <summary>Marks a definition as that of a kind (x-kubernetes-group-version-kind).</summary>
    internal void AddKind(ObjectSchema schema, GroupVersionKind kind)
    {
        Reference(schema);
        var name = OpenApiNames.Of(schema);
        if (!_kinds.TryGetValue(name, out var kinds))
        {
            _kinds[name] = kinds = [];
        }

        if (!kinds.Contains(kind))
        {
            kinds.Add(kind);
        }
    }

    /// <summary>All definitions by name, what they refer to included.</summary>
    internal JsonObject Finish()
    {
        while (_pending.TryDequeue(out var next))
        {
            _definitions[next.Name] = Define(next.Schema);
        }

        foreach (var (name, kinds) in _kinds)
        {
            _definitions[name]["x-kubernetes-group-version-kind"] = new JsonArray([.. kinds.Select(KindNode)]);
        }

        return new JsonObject(_definitions.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)d.Value)));
    }

    internal static JsonObject KindNode(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version };

    private JsonObject Define(ObjectSchema schema)
    {
        var result = new JsonObject();
        if (schema.ClrType is { } type && ApiDocs.Summary(type) is { } summary)
        {
            result["description"] = summary;
        }
        else if (schema.ClrType is null)
        {
            result["description"] = $"{schema.Name} holds a list of objects.";
        }

        var properties = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
        {
            properties[field.Name] = Property(field);
        }

        if (properties.Count > 0)
        {
            result["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        }

        var required = schema.Fields.Where(f => f.Required).Select(f => (JsonNode?)f.Name).ToArray();
        if (required.Length > 0)
        {
            result["required"] = new JsonArray(required);
        }

        result["type"] = "object";
        if (schema.Atomic)
        {
            result["x-kubernetes-map-type"] = "atomic";
        }

        return result;
    }

    private JsonObject Property(FieldSchema field)
    {
        var value = Value(field.Value);
        var isReference = value.ContainsKey("$ref");
        if (isReference && isV3)
        {
            // Beside a $ref version 3 allows nothing, so it is wrapped.
            value = new JsonObject { ["allOf"] = new JsonArray(value) };
        }

        if (field.Description is { } description)
        {
            value["description"] = description;
        }

        if (isV3 && field.Always && field.Value.Kind == ValueKind.Object)
        {
            value["default"] = new JsonObject();
        }

        if (field.NewDefault() is { } @default && (isV3 || !isReference))
        {
            value["default"] = @default;
        }

        if (field.Enum is { } allowed)
        {
            value["enum"] = new JsonArray([.. allowed.Select(a => (JsonNode?)a)]);
        }

        AddMerging(value, field);
        return value;
    }

    private static void AddMerging(JsonObject value, FieldSchema field)
    {
        if (field.HasListKind)
        {
            if (field.ListKind == ListKind.Map)
            {
                value["x-kubernetes-list-map-keys"] = new JsonArray([.. field.ListKeys.Select(k => (JsonNode?)k)]);
            }

            value["x-kubernetes-list-type"] = field.ListKind switch { ListKind.Map => "map", ListKind.Set => "set", _ => "atomic" };
        }

        if (field.Atomic && field.Value.Kind == ValueKind.Map)
        {
            value["x-kubernetes-map-type"] = "atomic";
        }

        if (!string.IsNullOrEmpty(field.MergeKey))
        {
            value["x-kubernetes-patch-merge-key"] = field.MergeKey;
        }

        if (field.PatchStrategy is { } strategy)
        {
            value["x-kubernetes-patch-strategy"] = strategy;
        }
    }

    private JsonObject Value(ValueSchema value) => value.Kind switch
    {
        ValueKind.String => new JsonObject { ["type"] = "string" },
        ValueKind.Boolean => new JsonObject { ["type"] = "boolean" },
        ValueKind.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        ValueKind.Int64 => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        ValueKind.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
        ValueKind.Bytes => new JsonObject { ["type"] = "string", ["format"] = "byte" },
        ValueKind.List => new JsonObject { ["type"] = "array", ["items"] = Element(value.Element!) },
        ValueKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Element(value.Element!) },
        ValueKind.Object => Reference(value.Object!),
        ValueKind.Quantity => Special(OpenApiNames.Quantity, "A fixed-point number with an optional SI or binary suffix.", "string", null, "number"),
        ValueKind.IntOrString => Special(OpenApiNames.IntOrString, "A number, or a text such as a percentage or a port's name.", "string", "int-or-string", "integer"),
        ValueKind.Time => Special(OpenApiNames.Time, "A moment in RFC 3339 form, to the second.", "string", "date-time", null),
        ValueKind.MicroTime => Special(OpenApiNames.MicroTime, "A moment in RFC 3339 form, with microseconds.", "string", "date-time", null),
        ValueKind.Duration => Special(OpenApiNames.Duration, "A length of time: 1m30s.", "string", null, null),
        _ => Special(OpenApiNames.RawExtension, "Any object.", "object", null, null),
    };

    private JsonObject Element(ValueSchema value)
    {
        var element = Value(value);
        return isV3 && element.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(element), ["default"] = value.Kind == ValueKind.Object ? new JsonObject() : null }.WithoutNulls() : element;
    }

    /// <summary>A scalar with a definition of its own; version 3 says that a number will do as well.</summary>
    private JsonObject Special(string name, string description, string type, string? format, string? orNumber)
    {
        if (!_definitions.ContainsKey(name))
        {
            var definition = new JsonObject { ["description"] = description };
            if (format is not null)
            {
                definition["format"] = format;
            }

            if (isV3 && orNumber is not null)
            {
                definition["oneOf"] = new JsonArray(new JsonObject { ["type"] = type }, new JsonObject { ["type"] = orNumber });
            }
            else
            {
                definition["type"] = type;
            }

            _definitions[name] = definition;
        }

        return Reference(name);
    }

    /// <summary>A reference to the definition of a patch body, which may be anything.</summary>
    internal JsonObject PatchReference() => Special(OpenApiNames.Patch, "The change to make, in the form that the content type names.", "object", null, null);

    private JsonObject Reference(string name) => new() { ["$ref"] = RefPrefix + name };
}

/// <summary>Small help with nodes.</summary>
internal static class NodeCleaning
{
    internal static JsonObject WithoutNulls(this JsonObject obj)
    {
        foreach (var name in obj.Where(p => p.Value is null).Select(p => p.Key).ToList())
        {
            obj.Remove(name);
        }

        return obj;
    }
}
