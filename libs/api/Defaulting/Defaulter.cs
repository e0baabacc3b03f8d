using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Defaulting;

/// <summary>
/// Gives absent fields their defaults: those of [Default] attributes, and those of <see cref="DefaultRules"/>
/// that depend on other fields. Idempotent. Works in place on objects that <see cref="SchemaCheck"/> has passed.
/// </summary>
public static class Defaulter
{
    /// <summary>Defaults an object of a built-in or custom kind.</summary>
    public static void Apply(JsonObject obj, ObjectSchema schema)
    {
        // Parents go first: rules of a parent may bring children, whose own defaults then follow.
        foreach (var field in schema.Fields)
        {
            if (field.DefaultJson is not null && IsUnset(obj[field.Name], field) && DefaultOf(field) is { } value)
            {
                obj[field.Name] = value;
            }
        }

        if (schema.ClrType is { } type)
        {
            DefaultRules.Apply(obj, type);
        }

        foreach (var field in schema.Fields)
        {
            if (obj[field.Name] is { } value)
            {
                Descend(value, field.Value);
            }
        }
    }

    private static void Descend(JsonNode node, ValueSchema value)
    {
        switch (value.Kind)
        {
            case ValueKind.Object when node is JsonObject obj:
                Apply(obj, value.Object!);
                break;
            case ValueKind.List when node is JsonArray list && HasObjects(value.Element!):
                foreach (var item in list)
                {
                    if (item is not null)
                    {
                        Descend(item, value.Element!);
                    }
                }

                break;
            case ValueKind.Map when node is JsonObject map && HasObjects(value.Element!):
                foreach (var (_, item) in map.ToList())
                {
                    if (item is not null)
                    {
                        Descend(item, value.Element!);
                    }
                }

                break;
        }
    }

    private static bool HasObjects(ValueSchema value) => value.Kind is ValueKind.Object or ValueKind.List or ValueKind.Map;

    private static bool IsUnset(JsonNode? node, FieldSchema field)
    {
        if (node is null)
        {
            return true;
        }

        if (field.Pointer || node is not JsonValue)
        {
            return false;
        }

        return field.Value.Kind switch
        {
            ValueKind.String => node.GetValue<string>().Length == 0,
            ValueKind.Int32 or ValueKind.Int64 => JsonAccess.Whole(node) == 0,
            _ => false,
        };
    }

    /// <summary>The default; null when it is a zero value that JSON doesn't show.</summary>
    private static JsonNode? DefaultOf(FieldSchema field) => field.DefaultJson switch
    {
        "\"\"" when !field.Pointer && !field.Always => null,
        "{}" when field.Value.Kind == ValueKind.Object => ZeroValue.Of(field.Value),
        _ => field.NewDefault(),
    };
}
