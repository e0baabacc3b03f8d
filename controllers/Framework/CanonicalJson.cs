using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Controllers.Framework;

/// <summary>
/// JSON with members in ordinal order and without nulls and empty lists, so that equal objects give equal bytes
/// whatever order their maps were filled in.
/// </summary>
public static class CanonicalJson
{
    public static byte[] Write<T>(T value)
        where T : class =>
        Write(KubeJson.ToJsonObject(value));

    public static byte[] Write(JsonObject value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteNode(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach (var (name, member) in members.OrderBy(static member => member.Key, StringComparer.Ordinal))
                {
                    if (member is not null and not JsonArray { Count: 0 })
                    {
                        writer.WritePropertyName(name);
                        WriteNode(writer, member);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    if (item is null)
                    {
                        writer.WriteNullValue();
                    }
                    else
                    {
                        WriteNode(writer, item);
                    }
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
