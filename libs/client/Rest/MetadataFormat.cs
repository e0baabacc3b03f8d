using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>Objects of any kind cut down to their metadata (meta.k8s.io/v1 PartialObjectMetadata).</summary>
internal static class MetadataFormat
{
    /// <summary>
    /// Asks for partial metadata and falls back to whole objects, of which the rest is skipped unread.
    /// </summary>
    private const string Accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    private const string AcceptList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    public static ObjectFormat<MetadataObject> For(ResourceKind kind) => new(
        kind,
        Accept,
        AcceptList,
        json => Read(json, kind),
        static _ => throw new NotSupportedException("partial metadata cannot be written"));

    private static MetadataObject Read(ReadOnlySpan<byte> json, ResourceKind kind)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an object is not a JSON object");
        }

        ObjectMeta? metadata = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
            {
                metadata = KubeJson.Deserialize<ObjectMeta>(json[start..(int)reader.BytesConsumed]);
            }
        }

        return new MetadataObject { ApiVersion = kind.ApiVersion, Kind = kind.Kind, Metadata = metadata ?? new ObjectMeta() };
    }
}
