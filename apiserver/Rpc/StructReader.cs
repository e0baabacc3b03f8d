using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Kube.Api.Serialization;

namespace Kube.ApiServer.Rpc;

/// <summary>
/// JSON to google.protobuf.Struct. A number that a double does not hold exactly as an integer, or not at all, becomes
/// a string of the same text, so that nothing is rounded. Pure.
/// </summary>
internal static class StructReader
{
    /// <summary>The largest integer of which a double holds all smaller ones too: 2^53 - 1.</summary>
    public const long MaxExactInteger = 9_007_199_254_740_991;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DecodeLimits.MaxDepth * 2 };

    /// <summary>A reader of JSON as deep as the server stores it.</summary>
    public static Utf8JsonReader Open(ReadOnlySequence<byte> json) => new(json, Options);

    /// <summary>Reads one JSON object.</summary>
    /// <exception cref="JsonException">Not a JSON object.</exception>
    public static Struct ReadObject(ReadOnlySequence<byte> json)
    {
        var reader = Open(json);
        reader.Read();
        return ReadObject(ref reader);
    }

    /// <summary>Reads the object that the reader stands at; leaves it at the object's end.</summary>
    /// <exception cref="JsonException">The reader does not stand at an object, or the JSON is broken.</exception>
    public static Struct ReadObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"expected an object, found {reader.TokenType}");
        }

        var result = new Struct();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            result.Fields[name] = ReadValue(ref reader);
        }

        return result;
    }

    /// <summary>Reads the value that the reader stands at; leaves it at the value's end.</summary>
    public static Value ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new Value { StructValue = ReadObject(ref reader) },
        JsonTokenType.StartArray => ReadList(ref reader),
        JsonTokenType.String => Value.ForString(reader.GetString()!),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.True => Value.ForBool(true),
        JsonTokenType.False => Value.ForBool(false),
        JsonTokenType.Null => Value.ForNull(),
        var other => throw new JsonException($"expected a value, found {other}"),
    };

    private static Value ReadList(ref Utf8JsonReader reader)
    {
        var list = new ListValue();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Values.Add(ReadValue(ref reader));
        }

        return new Value { ListValue = list };
    }

    private static Value ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var integer))
        {
            return integer is >= -MaxExactInteger and <= MaxExactInteger
                ? Value.ForNumber(integer)
                : Value.ForString(integer.ToString(CultureInfo.InvariantCulture));
        }

        if (reader.TryGetDouble(out var number) && double.IsFinite(number) && !(double.IsInteger(number) && Math.Abs(number) > MaxExactInteger))
        {
            return Value.ForNumber(number);
        }

        var text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return Value.ForString(System.Text.Encoding.ASCII.GetString(text));
    }
}
