using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Base;

namespace Kube.ApiServer.Registry;

/// <summary>Between objects in their dynamic form and their bytes.</summary>
internal static class ObjectJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The object's bytes.</summary>
    public static byte[] Encode(JsonNode obj)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            obj.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The object's bytes as the store holds them: without what the store itself says.</summary>
    public static byte[] EncodeForStorage(JsonObject obj)
    {
        var metadata = new ObjectAccessor(obj).Metadata;
        var version = metadata["resourceVersion"];
        metadata.Remove("resourceVersion");
        metadata.Remove("selfLink");
        var bytes = Encode(obj);
        if (version is not null)
        {
            metadata["resourceVersion"] = version;
        }

        return bytes;
    }

    /// <summary>The object of bytes that the API server wrote itself.</summary>
    public static JsonObject Decode(ReadOnlySpan<byte> json)
    {
        var node = JsonNode.Parse(json) as JsonObject;
        Invariant.Check(node is not null);
        return node;
    }

    /// <summary>True when two objects say the same; the order of members doesn't count.</summary>
    public static bool Same(JsonNode a, JsonNode b) => JsonNode.DeepEquals(a, b);
}
