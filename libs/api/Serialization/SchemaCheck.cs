using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>
/// Brings an object into the form that Kubernetes' typed decoding would leave it in: unknown fields go, types
/// are checked, zero values of omitempty fields go, fields that Go always writes appear, quantities and times
/// take their canonical text. Works in place; on an exception the object is half done and must be dropped.
/// </summary>
public static class SchemaCheck
{
    /// <summary>Checks and canonicalises; returns the warnings that <paramref name="validation"/> asks for.</summary>
    /// <exception cref="DecodeException">A value has the wrong type, or strict validation found a field to refuse.</exception>
    public static IReadOnlyList<string> Apply(JsonObject obj, ObjectSchema schema, FieldValidation validation)
    {
        var strict = new StrictErrors();
        Apply(obj, schema, strict);
        return strict.Conclude(validation);
    }

    /// <summary>
    /// Checks and canonicalises a part of an object, as server-side apply takes it: zero values stay, nothing is
    /// added. Returns the warnings that <paramref name="validation"/> asks for.
    /// </summary>
    /// <exception cref="DecodeException">As for <see cref="Apply(JsonObject, ObjectSchema, FieldValidation)"/>.</exception>
    public static IReadOnlyList<string> ApplyPartial(JsonObject obj, ObjectSchema schema, FieldValidation validation)
    {
        var strict = new StrictErrors { IsPartial = true };
        Apply(obj, schema, strict);
        return strict.Conclude(validation);
    }

    internal static void Apply(JsonObject obj, ObjectSchema schema, StrictErrors strict) =>
        CheckObject(obj, schema, JsonPath.Root, strict);

    private static void CheckObject(JsonObject obj, ObjectSchema schema, JsonPath? path, StrictErrors strict)
    {
        List<string>? dropped = null;
        List<(string Name, JsonNode Value)>? replaced = null;
        foreach (var (name, node) in obj)
        {
            if (schema.Find(name) is not { } field)
            {
                if (!schema.PreserveUnknownFields)
                {
                    strict.Unknown(JsonPath.Field(path, name).ToString());
                    (dropped ??= []).Add(name);
                }

                continue;
            }

            if (node is null)
            {
                (dropped ??= []).Add(name);
                continue;
            }

            var place = new Place(schema, path, field.Name);
            var value = CheckValue(node, field.Value, place, strict);
            if (!strict.IsPartial && IsOmitted(value, field, schema))
            {
                (dropped ??= []).Add(name);
            }
            else if (!ReferenceEquals(value, node))
            {
                (replaced ??= []).Add((name, value));
            }
        }

        if (dropped is not null)
        {
            JsonEdit.Remove(obj, dropped);
        }

        replaced?.ForEach(r => obj[r.Name] = r.Value);
        if (strict.IsPartial)
        {
            return;
        }

        ZeroValue.Fill(obj, schema);
    }

    private static bool IsOmitted(JsonNode value, FieldSchema field, ObjectSchema schema)
    {
        if (field.Pointer || field.Always || field.Required || schema.ClrType is null)
        {
            return false;
        }

        return field.Value.Kind switch
        {
            ValueKind.String or ValueKind.Bytes => value.GetValue<string>().Length == 0,
            ValueKind.Boolean => !value.GetValue<bool>(),
            ValueKind.Int32 or ValueKind.Int64 => RawNumber(value) is "0" or "-0",
            ValueKind.Double => double.Parse(RawNumber(value), CultureInfo.InvariantCulture) == 0,
            ValueKind.List => ((JsonArray)value).Count == 0,
            ValueKind.Map => ((JsonObject)value).Count == 0,
            _ => false,
        };
    }

    private static JsonNode CheckValue(JsonNode node, ValueSchema value, in Place place, StrictErrors strict)
    {
        switch (value.Kind)
        {
            case ValueKind.Object:
                CheckObject(node as JsonObject ?? throw place.Mismatch(node, value), value.Object!, place.Path, strict);
                return node;
            case ValueKind.List:
                CheckList(node as JsonArray ?? throw place.Mismatch(node, value), value.Element!, place, strict);
                return node;
            case ValueKind.Map:
                CheckMap(node as JsonObject ?? throw place.Mismatch(node, value), value.Element!, place, strict);
                return node;
            case ValueKind.RawJson:
                return node;
            default:
                return CheckScalar(node, value, place);
        }
    }

    private static void CheckList(JsonArray list, ValueSchema element, in Place place, StrictErrors strict)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not { } item)
            {
                list[i] = element.Kind == ValueKind.RawJson ? null : ZeroValue.OfElement(element);
                continue;
            }

            var value = CheckValue(item, element, place.Item(i), strict);
            if (!ReferenceEquals(value, item))
            {
                list[i] = value;
            }
        }
    }

    private static void CheckMap(JsonObject map, ValueSchema element, in Place place, StrictErrors strict)
    {
        List<(string Key, JsonNode? Value)>? replaced = null;
        foreach (var (key, item) in map)
        {
            if (item is null)
            {
                (replaced ??= []).Add((key, ZeroValue.OfElement(element)));
                continue;
            }

            var value = CheckValue(item, element, place.Key(key), strict);
            if (!ReferenceEquals(value, item))
            {
                (replaced ??= []).Add((key, value));
            }
        }

        replaced?.ForEach(r => map[r.Key] = r.Value);
    }

    private static JsonNode CheckScalar(JsonNode node, ValueSchema value, in Place place)
    {
        var kind = node is JsonValue ? node.GetValueKind() : JsonValueKind.Undefined;
        switch (value.Kind)
        {
            case ValueKind.String:
                return kind == JsonValueKind.String ? node : throw place.Mismatch(node, value);
            case ValueKind.Boolean:
                return kind is JsonValueKind.True or JsonValueKind.False ? node : throw place.Mismatch(node, value);
            case ValueKind.Int32:
                return kind == JsonValueKind.Number && int.TryParse(RawNumber(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    ? node : throw place.Mismatch(node, value);
            case ValueKind.Int64:
                return kind == JsonValueKind.Number && long.TryParse(RawNumber(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    ? node : throw place.Mismatch(node, value);
            case ValueKind.Double:
                return kind == JsonValueKind.Number ? node : throw place.Mismatch(node, value);
            default:
                return CheckText(node, kind, value, place);
        }
    }

    /// <summary>The scalars whose text has a form of its own.</summary>
    private static JsonNode CheckText(JsonNode node, JsonValueKind kind, ValueSchema value, in Place place)
    {
        if (kind == JsonValueKind.Number)
        {
            if (value.Kind == ValueKind.Quantity)
            {
                return ScalarText.Quantity(JsonValue.Create(RawNumber(node)));
            }

            if (value.Kind == ValueKind.IntOrString)
            {
                return int.TryParse(RawNumber(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    ? node
                    : throw new DecodeException($"json: cannot unmarshal number {RawNumber(node)} into Go value of type int32");
            }
        }

        if (kind != JsonValueKind.String)
        {
            throw place.Mismatch(node, value);
        }

        return value.Kind switch
        {
            ValueKind.Bytes => ScalarText.Bytes(node),
            ValueKind.Quantity => ScalarText.Quantity(node),
            ValueKind.Time => ScalarText.Time(node),
            ValueKind.MicroTime => ScalarText.MicroTime(node),
            ValueKind.Duration => ScalarText.Duration(node),
            _ => node,
        };
    }

    /// <summary>The digits of a number as they were written.</summary>
    internal static string RawNumber(JsonNode node) =>
        node.AsValue().TryGetValue<JsonElement>(out var element) ? element.GetRawText() : node.ToJsonString();

    /// <summary>A value's place: what a type error names.</summary>
    private readonly struct Place(ObjectSchema owner, JsonPath? parent, string name)
    {
        private readonly JsonPath? _below;

        private Place(ObjectSchema owner, JsonPath? parent, string name, JsonPath below)
            : this(owner, parent, name)
        {
            _below = below;
        }

        internal JsonPath Path => _below ?? JsonPath.Field(parent, name);

        internal Place Item(int index) => new(owner, parent, name, JsonPath.Item(Path, index));

        internal Place Key(string key) => new(owner, parent, name, JsonPath.Key(Path, key));

        internal DecodeException Mismatch(JsonNode node, ValueSchema value)
        {
            var what = JsonTree.NameOf(node);
            if (what == "number" && value.Kind is ValueKind.Int32 or ValueKind.Int64)
            {
                what += " " + RawNumber(node);
            }

            return new DecodeException($"json: cannot unmarshal {what} into Go struct field {owner.Name}.{Path.ToFieldNames()} of type {value.GoType}");
        }
    }
}
