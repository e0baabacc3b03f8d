using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>JSON scalars that are messages in Kubernetes' protobuf.</summary>
internal static class ProtobufScalars
{
    private const long UnixMinSeconds = -62_135_596_800;
    private const long UnixMaxSeconds = 253_402_300_799;

    /// <summary>Reads such a message; null for a zero time or empty raw JSON, which JSON shows as absent.</summary>
    internal static JsonNode? Read(ReadOnlySpan<byte> bytes, ValueKind kind)
    {
        var (first, second, text) = ReadThree(bytes, out var raw);
        switch (kind)
        {
            case ValueKind.Quantity:
                return JsonValue.Create(raw.Length == 0 ? "0" : ScalarText.FromUtf8(raw));
            case ValueKind.IntOrString:
                return first == 1 ? JsonValue.Create(text) : JsonTree.Number(unchecked((int)second));
            case ValueKind.Duration:
                return JsonValue.Create(GoTime.FormatDuration(first));
            case ValueKind.RawJson:
                return raw.Length == 0 ? null : JsonTree.Parse(raw);
            default:
                return bytes.Length == 0 ? null : ReadTime(first, second, kind);
        }
    }

    private static JsonValue ReadTime(long seconds, long nanoseconds, ValueKind kind)
    {
        if (seconds is < UnixMinSeconds or > UnixMaxSeconds || nanoseconds is < 0 or > 999_999_999)
        {
            throw new DecodeException("proto: time out of range");
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
        return JsonValue.Create(kind == ValueKind.MicroTime ? GoTime.FormatMicroTime(time) : GoTime.FormatTime(time));
    }

    /// <summary>Field 1 and 2 as numbers, field 3 as text, and field 1 as bytes: the most that these messages hold.</summary>
    private static (long First, long Second, string Text) ReadThree(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> raw)
    {
        long first = 0, second = 0;
        var text = "";
        raw = default;
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            switch (number, type)
            {
                case (1, ProtobufWireType.Varint): first = unchecked((long)reader.ReadVarint()); break;
                case (2, ProtobufWireType.Varint): second = unchecked((long)reader.ReadVarint()); break;
                case (1, ProtobufWireType.Bytes): raw = reader.ReadBytes(); break;
                case (3, ProtobufWireType.Bytes): text = ScalarText.FromUtf8(reader.ReadBytes()); break;
                default: reader.Skip(number, type); break;
            }
        }

        return (first, second, text);
    }

    /// <summary>Writes such a message's content; the caller writes its prefix.</summary>
    internal static void Write(ProtobufWriter writer, JsonNode node, ValueKind kind)
    {
        switch (kind)
        {
            case ValueKind.Quantity:
                writer.WriteStringField(1, node.GetValue<string>());
                break;
            case ValueKind.IntOrString:
                WriteIntOrString(writer, node);
                break;
            case ValueKind.Duration:
                GoTime.TryParseDuration(node.GetValue<string>(), out var nanoseconds);
                writer.WriteVarintField(1, unchecked((ulong)nanoseconds));
                break;
            case ValueKind.RawJson:
                writer.WriteBytesField(1, JsonTree.ToBytes(node));
                break;
            default:
                WriteTime(writer, node);
                break;
        }
    }

    private static void WriteIntOrString(ProtobufWriter writer, JsonNode node)
    {
        var isText = node.GetValueKind() == JsonValueKind.String;
        writer.WriteStringField(3, isText ? node.GetValue<string>() : "");
        var number = isText ? 0 : int.Parse(SchemaCheck.RawNumber(node), CultureInfo.InvariantCulture);
        writer.WriteVarintField(2, unchecked((ulong)number));
        writer.WriteVarintField(1, isText ? 1UL : 0UL);
    }

    private static void WriteTime(ProtobufWriter writer, JsonNode node)
    {
        if (GoTime.TryParse(node.GetValue<string>(), out var time))
        {
            var seconds = time.ToUnixTimeSeconds();
            var nanoseconds = (time.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(seconds).UtcTicks) * 100;
            writer.WriteVarintField(2, (ulong)nanoseconds);
            writer.WriteVarintField(1, unchecked((ulong)seconds));
        }
    }
}
