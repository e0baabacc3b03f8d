using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.Api.Serialization;

/// <summary>
/// The envelope of Kubernetes' protobuf: four magic bytes and a runtime.Unknown message that names the kind.
/// </summary>
internal static class ProtobufEnvelope
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    internal static bool HasMagic(ReadOnlySpan<byte> body) => body.StartsWith(Magic);

    /// <summary>Opens an envelope; the raw message stays a slice of <paramref name="body"/>.</summary>
    internal static (string ApiVersion, string Kind) Open(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> raw)
    {
        if (!HasMagic(body))
        {
            throw new DecodeException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        raw = default;
        string apiVersion = "", kind = "";
        var reader = new ProtobufReader(body[Magic.Length..]);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            if (type != ProtobufWireType.Bytes)
            {
                reader.Skip(number, type);
                continue;
            }

            var value = reader.ReadBytes();
            if (number == 1)
            {
                (apiVersion, kind) = ReadTypeMeta(value);
            }
            else if (number == 2)
            {
                raw = value;
            }
            else if (number == 3 && value.Length > 0)
            {
                throw new DecodeException("proto: content encoding is not supported");
            }
        }

        return (apiVersion, kind);
    }

    private static (string ApiVersion, string Kind) ReadTypeMeta(ReadOnlySpan<byte> message)
    {
        string apiVersion = "", kind = "";
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            var (number, type) = reader.ReadTag();
            if (number is 1 or 2 && type == ProtobufWireType.Bytes)
            {
                var text = ScalarText.FromUtf8(reader.ReadBytes());
                (apiVersion, kind) = number == 1 ? (text, kind) : (apiVersion, text);
            }
            else
            {
                reader.Skip(number, type);
            }
        }

        return (apiVersion, kind);
    }

    internal static byte[] Seal(JsonObject obj, ObjectSchema schema)
    {
        var writer = new ProtobufWriter();
        writer.WriteBytesField(4, []);
        writer.WriteBytesField(3, []);
        writer.WriteBytesField(2, ProtobufEncoder.Encode(obj, schema));
        var mark = writer.Length;
        writer.WriteStringField(2, (string?)obj["kind"] ?? "");
        writer.WriteStringField(1, (string?)obj["apiVersion"] ?? "");
        writer.WriteMessagePrefix(1, mark);
        writer.WriteRaw(Magic);
        return writer.ToArray();
    }
}
