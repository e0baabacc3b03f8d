using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>
/// Messages as etcd's gateway writes them in JSON: names as in the .proto files, fields with their default value left
/// out, numbers of 64 bits as strings, bytes in base64, no blanks.
/// </summary>
internal static class ProtoJson
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>How JSON is written.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The message as UTF-8.</summary>
    public static byte[] Format(IMessage message) => Format(writer => Write(writer, message));

    /// <summary>A message of a stream: an object with the message as its result.</summary>
    public static byte[] FormatResult(IMessage message) => Format(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("result");
        Write(writer, message);
        writer.WriteEndObject();
    });

    /// <summary>Whatever a callback writes, as UTF-8.</summary>
    public static byte[] Format(Action<Utf8JsonWriter> write)
    {
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, WriterOptions))
        {
            write(writer);
        }
        return bytes.ToArray();
    }

    /// <summary>Reads a message; nothing at all stands for an empty one.</summary>
    /// <exception cref="InvalidDataException">The text is no such message.</exception>
    public static T Parse<T>(string json, MessageParser<T> parser)
        where T : class, IMessage<T>, new()
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return parser.ParseFrom(ByteString.Empty);
        }
        try
        {
            return s_parser.Parse<T>(json);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Writes a message as a part of something larger.</summary>
    public static void Write(Utf8JsonWriter writer, IMessage message)
    {
        writer.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.RealContainingOneof is { } oneof && oneof.Accessor.GetCaseFieldDescriptor(message) != field)
            {
                continue;
            }
            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated)
            {
                WriteList(writer, field, (System.Collections.IList)value);
            }
            else if (field.RealContainingOneof is not null || !IsDefault(field, value))
            {
                writer.WritePropertyName(field.Name);
                WriteValue(writer, field, value);
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, FieldDescriptor field, System.Collections.IList values)
    {
        if (values.Count == 0)
        {
            return;
        }
        writer.WritePropertyName(field.Name);
        writer.WriteStartArray();
        foreach (var value in values)
        {
            WriteValue(writer, field, value);
        }
        writer.WriteEndArray();
    }

    private static bool IsDefault(FieldDescriptor field, object? value) => field.FieldType switch
    {
        FieldType.Message => value is null,
        FieldType.String => ((string)value!).Length == 0,
        FieldType.Bytes => ((ByteString)value!).IsEmpty,
        FieldType.Bool => !(bool)value!,
        FieldType.Enum => (int)value! == 0,
        FieldType.Int64 => (long)value! == 0,
        FieldType.UInt64 => (ulong)value! == 0,
        FieldType.UInt32 => (uint)value! == 0,
        FieldType.Int32 => (int)value! == 0,
        _ => false,
    };

    private static void WriteValue(Utf8JsonWriter writer, FieldDescriptor field, object? value)
    {
        switch (value)
        {
            case IMessage message:
                Write(writer, message);
                break;
            case ByteString bytes:
                writer.WriteBase64StringValue(bytes.Span);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long or ulong:
                writer.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case uint number:
                writer.WriteNumberValue(number);
                break;
            case Enum when field.EnumType.FindValueByNumber((int)value) is { } known:
                writer.WriteStringValue(known.Name);
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
