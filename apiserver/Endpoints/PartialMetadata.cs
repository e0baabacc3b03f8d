using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.ApiServer.Endpoints;

/// <summary>Objects cut down to their metadata: meta.k8s.io PartialObjectMetadata.</summary>
internal static class PartialMetadata
{
    public static JsonObject Of(JsonObject obj, NegotiatedFormat format) => Of(obj, ApiVersionOf(format));

    public static JsonObject Of(JsonObject obj, string apiVersion) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = apiVersion,
        ["metadata"] = obj["metadata"]?.DeepClone(),
    };

    public static JsonObject ListOf(IEnumerable<JsonObject> objects, JsonObject metadata, NegotiatedFormat format)
    {
        var apiVersion = ApiVersionOf(format);
        return new JsonObject
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = apiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. objects.Select(o => (JsonNode)Of(o, apiVersion))]),
        };
    }

    /// <summary>Schema of the form that a client asked for; null for tables, which have no protobuf form.</summary>
    public static ObjectSchema? SchemaOf(NegotiatedFormat format) =>
        format.As is null or "Table" ? null : KindCatalog.Default.FindSchema(ApiVersionOf(format), format.As);

    private static string ApiVersionOf(NegotiatedFormat format) => (format.Group ?? "meta.k8s.io") + "/" + (format.Version ?? "v1");
}
