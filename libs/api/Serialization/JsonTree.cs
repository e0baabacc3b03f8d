using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Api.Serialization;

/// <summary>
/// JSON text to nodes and back. Numbers are kept as the elements they were read as, so that any numeric type
/// may be asked of them.
/// </summary>
public static class JsonTree
{
    private static readonly JsonElement[] SmallNumbers = [.. Enumerable.Range(0, 256).Select(i => ParseNumber(i.ToString(CultureInfo.InvariantCulture)))];

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = DecodeLimits.MaxDepth * 2,
    };

    /// <summary>Reads one JSON value; of a duplicate key the last value holds.</summary>
    /// <exception cref="DecodeException">Not JSON, or nested too deep.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json) => Parse(json, null);

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="DecodeException">Not a JSON object.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> json) => Parse(json, null) as JsonObject
        ?? throw new DecodeException("json: cannot unmarshal " + NameOf(Parse(json, null)) + " into Go value of type map[string]interface {}");

    /// <summary>The node as compact UTF-8 JSON, with no more escaping than JSON needs.</summary>
    public static byte[] ToBytes(JsonNode? node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        WriteTo(buffer, node);
        return buffer.WrittenSpan.ToArray();
    }

    internal static void WriteTo(System.Buffers.IBufferWriter<byte> buffer, JsonNode? node)
    {
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        if (node is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            node.WriteTo(writer);
        }
    }

    /// <summary>A number node that answers to any numeric type that holds it.</summary>
    public static JsonValue Number(long value) => JsonValue.Create(
        value is >= 0 and < 256 ? SmallNumbers[value] : ParseNumber(value.ToString(CultureInfo.InvariantCulture)))!;

    /// <summary>A number node; NaN and infinities have no JSON form.</summary>
    /// <exception cref="DecodeException">Not finite.</exception>
    public static JsonValue Number(double value) => double.IsFinite(value)
        ? JsonValue.Create(ParseNumber(value.ToString("R", CultureInfo.InvariantCulture)))!
        : throw new DecodeException("json: unsupported value: " + (double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"));

    private static JsonElement ParseNumber(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>What Go's decoder calls the value's kind in its messages.</summary>
    internal static string NameOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ => "number",
        },
    };

    internal static JsonNode? Parse(ReadOnlySpan<byte> json, StrictErrors? strict)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DecodeLimits.MaxDepth });
        try
        {
            if (!reader.Read())
            {
                throw new DecodeException("unexpected end of JSON input");
            }

            var node = ReadValue(ref reader, strict, "");
            return reader.Read() ? throw new DecodeException("invalid data after top-level value") : node;
        }
        catch (JsonException e)
        {
            throw new DecodeException(MessageOf(e, json), e);
        }
        catch (InvalidOperationException e)
        {
            throw new DecodeException("invalid UTF-8 or surrogate in string", e);
        }
    }

    private static string MessageOf(JsonException e, ReadOnlySpan<byte> json)
    {
        if (e.Message.Contains("depth", StringComparison.Ordinal) && e.Message.Contains(DecodeLimits.MaxDepth.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            return "exceeded max depth";
        }

        var at = OffsetOf(e, json);
        if (at >= json.TrimEnd(" \t\r\n"u8).Length)
        {
            return "unexpected end of JSON input";
        }

        var c = json[at] is >= 0x20 and < 0x7f ? ((char)json[at]).ToString() : "\\x" + json[at].ToString("x2", CultureInfo.InvariantCulture);
        return $"invalid character '{c}' at line {e.LineNumber + 1}, byte {e.BytePositionInLine}";
    }

    private static int OffsetOf(JsonException e, ReadOnlySpan<byte> json)
    {
        var line = e.LineNumber ?? 0;
        var start = 0;
        for (; line > 0; line--)
        {
            var next = json[start..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            start += next + 1;
        }

        return (int)Math.Min(json.Length, start + (e.BytePositionInLine ?? 0));
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, StrictErrors? strict, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, strict, path);
            case JsonTokenType.StartArray:
                var array = new JsonArray();
                while (Next(ref reader) != JsonTokenType.EndArray)
                {
                    array.Add(ReadValue(ref reader, strict, strict is null ? "" : $"{path}[{array.Count}]"));
                }

                return array;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Null:
                return null;
            default:
                return reader.TryGetInt64(out var small) && small is >= 0 and < 256 && reader.ValueSpan.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
                    ? JsonValue.Create(SmallNumbers[small])
                    : JsonValue.Create(JsonElement.ParseValue(ref reader));
        }
    }

    private static JsonObject ReadObject(ref Utf8JsonReader reader, StrictErrors? strict, string path)
    {
        var result = new JsonObject();
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var below = strict is null ? "" : path.Length == 0 ? name : path + "." + name;
            Next(ref reader);
            var value = ReadValue(ref reader, strict, below);
            if (!result.TryAdd(name, value))
            {
                strict?.Duplicate(below);
                result[name] = value;
            }
        }

        return result;
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new DecodeException("unexpected end of JSON input");
}
