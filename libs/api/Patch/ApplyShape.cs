using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// How a value merges under server-side apply: as one value, member by member, or item by item (KEP-555).
/// </summary>
internal readonly struct ApplyShape
{
    /// <summary>Characters that JSON text shows as they are; names are made of them.</summary>
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:");

    private readonly ValueSchema _value;
    private readonly FieldSchema? _field;

    private ApplyShape(ValueSchema value, FieldSchema? field)
    {
        _value = value;
        _field = field;
    }

    internal static ApplyShape Of(ObjectSchema schema) => new(ValueSchema.OfObject(() => schema), null);

    /// <summary>True for an object whose members merge one by one.</summary>
    internal bool IsGranularMap => _field?.Atomic != true && (_value.Kind == ValueKind.Map || (_value.Kind == ValueKind.Object && !_value.Object!.Atomic));

    /// <summary>True when the members are not fields but free keys, which are owned themselves.</summary>
    internal bool HasFreeKeys => _value.Kind == ValueKind.Map;

    internal bool IsGranularList => _value.Kind == ValueKind.List && _field is { HasListKind: true, ListKind: ListKind.Set or ListKind.Map };

    /// <summary>The shape of a member; a field the schema doesn't know is one value.</summary>
    internal ApplyShape Member(string name)
    {
        if (_value.Kind == ValueKind.Map)
        {
            return new ApplyShape(_value.Element!, null);
        }

        return _value.Object!.Find(name) is { } field ? new ApplyShape(field.Value, field) : new ApplyShape(ValueSchema.Scalar(ValueKind.RawJson), null);
    }

    internal ApplyShape Item => new(_value.Element!, null);

    /// <summary>The path element of the member of that name whose shape this is.</summary>
    internal string Element(string name) => _field?.PathElement ?? "f:" + name;

    /// <summary>The path element of a list's item: its keys, or the scalar itself.</summary>
    /// <exception cref="PatchException">An item lacks a key that has no default.</exception>
    internal string ElementOf(JsonNode? item)
    {
        if (_field!.ListKind == ListKind.Set)
        {
            return "v:" + JsonText(item);
        }

        var text = new StringBuilder("k:{");
        foreach (var key in _field.OrderedListKeys)
        {
            text.Append(text.Length == 3 ? "" : ",").Append('"').Append(key).Append("\":").Append(JsonText(KeyOf(item as JsonObject, key)));
        }

        return text.Append('}').ToString();
    }

    private JsonNode KeyOf(JsonObject? item, string key)
    {
        if (item?[key] is { } value)
        {
            return value;
        }

        var schema = _value.Element!.Object?.Find(key);
        if (schema?.NewDefault() is { } initial)
        {
            return initial;
        }

        // Kubernetes' schema gives such keys an empty default where the list may do without them.
        return schema is { Always: false, Value.Kind: ValueKind.String } && _field!.ListKeys.Count > 1
            ? JsonValue.Create("")
            : throw new PatchException(
                $"associative list with keys has an element that omits key field {GoText.Quote(key)} (and doesn't have default value)", PatchFailure.Internal);
    }

    private static string JsonText(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) && !text.AsSpan().ContainsAnyExcept(PlainCharacters)
            ? $"\"{text}\""
            : Encoding.UTF8.GetString(JsonTree.ToBytes(node));

    /// <summary>A granular list's items by path element, in order; of repeated ones the first.</summary>
    internal List<(string Element, JsonNode? Item)> Items(JsonArray list)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<(string, JsonNode?)>();
        foreach (var item in list)
        {
            var element = ElementOf(item);
            if (seen.Add(element))
            {
                result.Add((element, item));
            }
        }

        return result;
    }
}
