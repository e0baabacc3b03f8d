using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.ApiServer.Rpc;

/// <summary>
/// google.protobuf.Struct to JSON: the inverse of <see cref="StructReader"/>. Where the schema has an integer, a string of
/// digits beyond what a double holds is one. Pure.
/// </summary>
internal static class StructWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DecodeLimits.MaxDepth * 2,
        SkipValidation = true,
    };

    /// <summary>The object as compact UTF-8 JSON.</summary>
    /// <param name="schema">Null when the object's kind is not known: strings then stay strings.</param>
    /// <exception cref="FormatException">A value without a kind, or a number that JSON or a double cannot hold exactly; the message says where.</exception>
    public static ReadOnlyMemory<byte> Write(Struct value, ObjectSchema? schema)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            WriteObject(writer, value, schema, null, "");
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Any value as compact UTF-8 JSON.</summary>
    /// <param name="schema">Schema of the value if it is an object.</param>
    /// <exception cref="FormatException">See the other overload.</exception>
    public static ReadOnlyMemory<byte> Write(Value value, ObjectSchema? schema)
    {
        if (value.KindCase == Value.KindOneofCase.StructValue)
        {
            return Write(value.StructValue, schema);
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            WriteValue(writer, value, null, "");
        }

        return buffer.WrittenMemory;
    }

    /// <param name="values">Schema of the values when the object is a map with free keys.</param>
    private static void WriteObject(Utf8JsonWriter writer, Struct value, ObjectSchema? schema, ValueSchema? values, string path)
    {
        writer.WriteStartObject();
        foreach (var (name, field) in value.Fields)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, field, schema?.Find(name)?.Value ?? values, path.Length == 0 ? name : path + "." + name);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, Value value, ValueSchema? schema, string path)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NullValue:
                writer.WriteNullValue();
                break;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.NumberValue:
                WriteNumber(writer, value.NumberValue, path);
                break;
            case Value.KindOneofCase.StringValue:
                WriteString(writer, value.StringValue, schema);
                break;
            case Value.KindOneofCase.StructValue:
                WriteObject(writer, value.StructValue, schema?.Object, schema?.Kind == ValueKind.Map ? schema.Element : null, path);
                break;
            case Value.KindOneofCase.ListValue:
                WriteList(writer, value.ListValue, schema?.Kind == ValueKind.List ? schema.Element : null, path);
                break;
            default:
                throw new FormatException($"{Place(path)}: the value has no kind: set one of its fields, null_value for null");
        }
    }

    private static void WriteList(Utf8JsonWriter writer, ListValue list, ValueSchema? items, string path)
    {
        writer.WriteStartArray();
        for (var i = 0; i < list.Values.Count; i++)
        {
            WriteValue(writer, list.Values[i], items, $"{path}[{i}]");
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, double number, string path)
    {
        if (!double.IsFinite(number))
        {
            throw new FormatException($"{Place(path)}: {number.ToString(CultureInfo.InvariantCulture)} is not a number that JSON has");
        }

        if (!double.IsInteger(number))
        {
            writer.WriteNumberValue(number);
            return;
        }

        if (Math.Abs(number) > StructReader.MaxExactInteger)
        {
            throw new FormatException(
                $"{Place(path)}: {number.ToString("F0", CultureInfo.InvariantCulture)} is beyond what a double holds exactly: send it as a string of digits");
        }

        writer.WriteNumberValue((long)number);
    }

    private static void WriteString(Utf8JsonWriter writer, string text, ValueSchema? schema)
    {
        if (schema?.Kind is ValueKind.Int64
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            && integer is < -StructReader.MaxExactInteger or > StructReader.MaxExactInteger)
        {
            writer.WriteNumberValue(integer);
            return;
        }

        writer.WriteStringValue(text);
    }

    private static string Place(string path) => path.Length == 0 ? "the value" : path;
}
