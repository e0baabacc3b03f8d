using System.Collections.Concurrent;
using Kube.Api.OpenApi;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// The OpenAPI documents: /openapi/v2 whole, /openapi/v3 by group and version. Each is built when first asked for and
/// kept encoded; its hash is its ETag and, for v3, part of its address, so that clients keep it for good. Thread-safe.
/// </summary>
internal sealed class OpenApiEndpoint(KindCatalog catalog)
{
    private const string V3Prefix = "/openapi/v3";

    /// <summary>Kubernetes answers with this spelling: the one with an at sign, which clients ask for, is no media type.</summary>
    private const string V2ProtobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private readonly ConcurrentDictionary<string, Lazy<Document>> _documents = new(StringComparer.Ordinal);

    /// <summary>/openapi/v3 and what is below it.</summary>
    public Task V3Async(ApiRequest request)
    {
        var path = request.Info.Path.TrimEnd('/');
        return path == V3Prefix ? WriteAsync(request, Get("v3", BuildRoot)) : V3DocumentAsync(request, path[(V3Prefix.Length + 1)..]);
    }

    /// <summary>/openapi/v2</summary>
    public Task V2Async(ApiRequest request)
    {
        // Clients name the protobuf form with "v2@v1.0" or "v2.v1".
        var protobuf = request.Http.Request.Headers.Accept.ToString().Contains("com.github.proto-openapi.spec.v2", StringComparison.Ordinal);
        return WriteAsync(request, protobuf ? Get("v2.pb", BuildV2Protobuf) : Get("v2", BuildV2));
    }

    private Task V3DocumentAsync(ApiRequest request, string path)
    {
        if (!OpenApiV3.Paths(catalog).Contains(path))
        {
            throw ApiErrors.PathNotFound();
        }

        var document = Get(path, () => BuildV3(path));
        var response = request.Http.Response;
        if (request.Query("hash") is { Length: > 0 } hash)
        {
            if (hash != document.Hash)
            {
                response.StatusCode = StatusCodes.Status301MovedPermanently;
                response.Headers.Location = $"{V3Prefix}/{path}?hash={document.Hash}";
                return Task.CompletedTask;
            }

            // The address changes with the document: what is behind this one stays.
            return WriteAsync(request, document, "public, immutable");
        }

        return WriteAsync(request, document);
    }

    private static async Task WriteAsync(ApiRequest request, Document document, string? cacheControl = null)
    {
        var response = request.Http.Response;
        var etag = '"' + document.Hash + '"';
        response.Headers.ETag = etag;
        response.Headers.Append("Vary", "Accept");
        if (request.Http.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        ResponseWriter.Start(request, 200, document.ContentType);
        if (cacheControl is not null)
        {
            response.Headers.CacheControl = cacheControl;
        }

        await Compression.WriteAsync(request.Http, document.Body, request.Aborted).ConfigureAwait(false);
    }

    private Document Get(string key, Func<Document> build) =>
        _documents.GetOrAdd(key, static (_, make) => new Lazy<Document>(make), build).Value;

    private Document BuildRoot() => Json(OpenApiV3.Root(OpenApiV3.Paths(catalog).Select(p => KeyValuePair.Create(p, Get(p, () => BuildV3(p)).Hash))));

    private Document BuildV3(string path)
    {
        var parts = path.Split('/');
        var (group, version) = parts.Length == 3 ? (parts[1], parts[2]) : ("", parts[1]);
        return Json(OpenApiV3.Document(catalog, group, version, VersionDocument.GitVersion) ?? throw ApiErrors.PathNotFound());
    }

    private Document BuildV2() => Json(OpenApiV2.Document(catalog, VersionDocument.GitVersion));

    private Document BuildV2Protobuf()
    {
        var body = OpenApiV2Protobuf.Encode(OpenApiV2.Document(catalog, VersionDocument.GitVersion));
        return new Document(body, OpenApiV3.HashOf(body), V2ProtobufType);
    }

    private static Document Json(System.Text.Json.Nodes.JsonObject document)
    {
        var body = ObjectJson.Encode(document);
        return new Document(body, OpenApiV3.HashOf(body), WireFormats.Json);
    }

    private sealed record Document(byte[] Body, string Hash, string ContentType);
}
