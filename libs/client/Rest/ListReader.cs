using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>Reads a list answer item by item, so that a list needs no type of its own.</summary>
internal static class ListReader
{
    /// <summary>Throws JsonException when <paramref name="json"/> is no list.</summary>
    public static ObjectList<T> Read<T>(ReadOnlySpan<byte> json, ReadObject<T> readItem)
    {
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        var items = new List<T>();
        var resourceVersion = "";
        string? next = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                ReadMetadata(ref reader, ref resourceVersion, ref next);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                ReadItems(ref reader, json, readItem, items);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ObjectList<T>(items, resourceVersion, next);
    }

    private static void ReadItems<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ReadObject<T> readItem, List<T> items)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("items is not an array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(readItem(json[start..(int)reader.BytesConsumed]));
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ref string resourceVersion, ref string? next)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("resourceVersion"u8);
            var isContinue = reader.ValueTextEquals("continue"u8);
            reader.Read();
            if (isVersion)
            {
                resourceVersion = reader.GetString() ?? "";
            }
            else if (isContinue)
            {
                next = reader.GetString() is { Length: > 0 } token ? token : null;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new JsonException($"expected {token}, got {reader.TokenType}");
        }
    }
}
