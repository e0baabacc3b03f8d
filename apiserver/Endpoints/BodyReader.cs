using System.Buffers;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>Reads and decodes request bodies, within Kubernetes' limit of 3 MiB.</summary>
internal static class BodyReader
{
    private const int MaxAdvanceBytes = 64 * 1024;

    /// <summary>The whole body.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(ApiRequest request)
    {
        var http = request.Http.Request;
        if (http.ContentLength > DecodeLimits.MaxBodySizeBytes)
        {
            throw ApiErrors.EntityTooLarge(DecodeLimits.MaxBodySizeBytes);
        }

        var stream = http.Headers.ContentEncoding.ToString() switch
        {
            "" or "identity" => http.Body,
            "gzip" => new System.IO.Compression.GZipStream(http.Body, System.IO.Compression.CompressionMode.Decompress, leaveOpen: true),
            _ => throw ApiErrors.UnsupportedMediaType(["gzip"]),
        };

        // What a client says of the length takes no memory before it sends as much.
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(http.ContentLength ?? 1024, 256, MaxAdvanceBytes));
        while (true)
        {
            var read = await ReadSomeAsync(request, stream, buffer.GetMemory(4096)).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(read);
            if (buffer.WrittenCount > DecodeLimits.MaxBodySizeBytes)
            {
                throw ApiErrors.EntityTooLarge(DecodeLimits.MaxBodySizeBytes);
            }
        }
    }

    private static async ValueTask<int> ReadSomeAsync(ApiRequest request, Stream stream, Memory<byte> into)
    {
        try
        {
            return await stream.ReadAsync(into, request.Aborted).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw ApiErrors.BadRequest("the body is not what its Content-Encoding says: " + exception.Message);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // The connection is lost, which the server may not have noticed yet: it would go on to read the rest of the body.
            request.Http.Abort();
            throw ApiErrors.BadRequest("the body broke off: " + exception.Message);
        }
    }

    /// <summary>Decodes an object body; unknown and repeated fields are refused, warned of or dropped as the client asks.</summary>
    /// <param name="expected">The kind that the path means; another kind in the body is a 400.</param>
    public static async Task<JsonObject> ReadObjectAsync(ApiRequest request, GroupVersionKind expected)
    {
        var body = await ReadAsync(request).ConfigureAwait(false);
        var decoded = Decode(request, body, expected);
        if (decoded.Kind != expected.Kind || decoded.ApiVersion != expected.ApiVersion)
        {
            var actual = GroupVersionKind.Parse(decoded.ApiVersion, decoded.Kind);
            throw actual.Kind != expected.Kind
                ? ApiErrors.BadRequest($"{expected.Kind} in version \"{expected.Version}\" cannot be handled as a {expected.Kind}: converting ({decoded.Kind}) to ({expected.Kind}): unknown conversion")
                : ApiErrors.BadRequest($"the API version in the data ({decoded.ApiVersion}) does not match the expected API version ({expected.ApiVersion})");
        }

        return decoded.Object;
    }

    /// <summary>Decodes an options body; null when there is none.</summary>
    public static async Task<JsonObject?> ReadOptionsAsync(ApiRequest request, string kind)
    {
        var body = await ReadAsync(request).ConfigureAwait(false);
        if (body.Length == 0)
        {
            return null;
        }

        return Decode(request, body, new GroupVersionKind("", "v1", kind)).Object;
    }

    /// <summary>The fieldValidation parameter.</summary>
    public static FieldValidation ValidationOf(ApiRequest request) => request.Query("fieldValidation") switch
    {
        null or "" or "Warn" => FieldValidation.Warn,
        "Ignore" => FieldValidation.Ignore,
        "Strict" => FieldValidation.Strict,
        var other => throw ApiErrors.Invalid(request.Info.Verb == "patch" ? "PatchOptions" : request.Info.Verb == "update" ? "UpdateOptions" : "CreateOptions", "meta.k8s.io", "",
            [Kube.Api.Validation.FieldError.NotSupported("fieldValidation", JsonValue.Create(other), ["", "Ignore", "Strict", "Warn"])]),
    };

    private static DecodedObject Decode(ApiRequest request, ReadOnlyMemory<byte> body, GroupVersionKind expected)
    {
        var contentType = request.Http.Request.ContentType;
        var format = WireFormats.FromContentType(contentType)
            ?? throw ApiErrors.UnsupportedMediaType([WireFormats.Json, WireFormats.Yaml, WireFormats.Protobuf]);
        try
        {
            var decoded = ObjectCodec.Decode(body, format, expected, KindCatalog.Default.FindSchema, ValidationOf(request));
            request.Warnings.AddRange(decoded.Warnings);
            return decoded;
        }
        catch (DecodeException exception)
        {
            throw new KubeStatusException(KubeStatus.OfDecode(exception, expected.Kind, body.Span));
        }
    }
}
