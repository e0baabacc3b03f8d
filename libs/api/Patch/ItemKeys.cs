using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>
/// Where the items of a list are: by the value of the merge key, or by the whole item. Two items have the same key when
/// they are equal as JSON, whatever the order of members and the notation of numbers. A list is looked through once
/// and not for each item: clients choose how long it is.
/// </summary>
internal sealed class ItemKeys
{
    private readonly Dictionary<string, int> _first = new(StringComparer.Ordinal);
    private readonly string? _mergeKey;

    /// <param name="list">Items without the merge key are passed over.</param>
    /// <param name="mergeKey">Null to go by the whole item.</param>
    internal ItemKeys(JsonArray list, string? mergeKey)
    {
        _mergeKey = mergeKey;
        for (var i = 0; i < list.Count; i++)
        {
            Add(list[i], i);
        }
    }

    /// <summary>Notes an item; of several with one key the first stays.</summary>
    internal void Add(JsonNode? item, int index)
    {
        if (KeyOf(item, _mergeKey) is { } key)
        {
            _first.TryAdd(key, index);
        }
    }

    /// <summary>The index of the first item with the same key; -1 when there is none.</summary>
    internal int IndexOf(JsonNode? item) => KeyOf(item, _mergeKey) is { } key && _first.TryGetValue(key, out var index) ? index : -1;

    /// <summary>Null when the item does not have the merge key.</summary>
    internal static string? KeyOf(JsonNode? item, string? mergeKey)
    {
        var text = new StringBuilder();
        if (mergeKey is null)
        {
            Write(text, item);
        }
        else if (item is JsonObject map && map.TryGetPropertyValue(mergeKey, out var value))
        {
            Write(text, value);
        }
        else
        {
            return null;
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                foreach (var (name, value) in map.OrderBy(static p => p.Key, StringComparer.Ordinal))
                {
                    WriteText(text.Append('{'), name);
                    Write(text, value);
                }

                text.Append('}');
                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Write(text.Append('['), item);
                }

                text.Append(']');
                break;
            default:
                WriteScalar(text, node);
                break;
        }
    }

    private static void WriteScalar(StringBuilder text, JsonNode node)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.String:
                WriteText(text, node.GetValue<string>());
                break;
            case JsonValueKind.Number:
                var raw = SchemaCheck.RawNumber(node);

                // 80 and 80.0 are one number; decimal keeps the zeros until it is divided by one that has more of them.
                text.Append(decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? (number / 1.000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : raw);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    /// <summary>With its length before it, so that no text reads as the end of one and the beginning of another.</summary>
    private static void WriteText(StringBuilder text, string value) =>
        text.Append('"').Append(value.Length).Append(':').Append(value);
}
