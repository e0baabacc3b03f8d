using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>Writes answers in the format that the client asked for.</summary>
internal static class ResponseWriter
{
    /// <summary>What an answer says of its request, whatever becomes of it.</summary>
    private static readonly string[] KeptHeaders = ["Audit-Id", "X-Kubernetes-Pf-Flowschema-Uid", "X-Kubernetes-Pf-Prioritylevel-Uid"];

    private const int MaxWarningsLength = 4 * 1024;
    private const int MaxWarningLength = 256;

    private static readonly JsonSerializerOptions PrettyOptions = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The answer's format, by the Accept header and the pretty parameter.</summary>
    /// <exception cref="KubeStatusException">406: nothing that the client accepts is served.</exception>
    public static NegotiatedFormat Negotiate(ApiRequest request, bool allowProtobuf = true, bool allowTable = true)
    {
        var accept = request.Http.Request.Headers.Accept.ToString();
        var format = AcceptHeader.Negotiate(accept, allowProtobuf, allowTable)
            ?? throw ApiErrors.NotAcceptable(AcceptHeader.Supported(allowProtobuf));
        var pretty = format.Pretty || (request.Query("pretty") is { } asked && asked is not ("false" or "0"));
        return format with { Pretty = pretty };
    }

    /// <summary>Writes an object.</summary>
    public static Task WriteObjectAsync(ApiRequest request, int code, JsonObject obj, ObjectSchema? schema, NegotiatedFormat format)
    {
        var bytes = format switch
        {
            { Format: WireFormat.Json, Pretty: true } => Indented(obj),
            { Format: WireFormat.Json } => ObjectJson.Encode(obj),
            _ => ObjectCodec.Encode(obj, format.Format, schema),
        };
        return WriteBytesAsync(request, code, bytes, ContentTypeOf(format));
    }

    /// <summary>Writes an object that is already encoded as JSON; decodes it only for another format.</summary>
    public static Task WriteEncodedAsync(ApiRequest request, int code, ReadOnlyMemory<byte> json, ObjectSchema? schema, NegotiatedFormat format) =>
        format is { Format: WireFormat.Json, Pretty: false }
            ? WriteBytesAsync(request, code, json, WireFormats.Json)
            : WriteObjectAsync(request, code, ObjectJson.Decode(json.Span), schema, format);

    public static async Task WriteBytesAsync(ApiRequest request, int code, ReadOnlyMemory<byte> body, string contentType)
    {
        Start(request, code, contentType);
        await Compression.WriteAsync(request.Http, body, request.Aborted).ConfigureAwait(false);
    }

    /// <summary>Sets status and headers of an answer whose body follows.</summary>
    public static void Start(ApiRequest request, int code, string contentType)
    {
        var response = request.Http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, private";
        AppendWarnings(request);
    }

    /// <summary>Hands on what the client is warned of.</summary>
    public static void AppendWarnings(ApiRequest request)
    {
        foreach (var warning in Bounded([.. request.Warnings.Distinct()]))
        {
            request.Http.Response.Headers.Append("Warning", $"299 - \"{Escape(warning)}\"");
        }
    }

    /// <summary>
    /// As Kubernetes bounds them: where all warnings together are too long for headers, each is cut, and what then is
    /// still too much is left out.
    /// </summary>
    internal static IReadOnlyList<string> Bounded(IReadOnlyList<string> warnings)
    {
        if (warnings.Sum(static warning => (long)warning.Length) <= MaxWarningsLength)
        {
            return warnings;
        }

        var kept = new List<string>();
        var length = 0;
        foreach (var warning in warnings.Select(static warning => warning.Length > MaxWarningLength ? warning[..MaxWarningLength] : warning))
        {
            length += warning.Length;
            if (length > MaxWarningsLength)
            {
                break;
            }

            kept.Add(warning);
        }

        return kept;
    }

    /// <summary>Writes a Status error, in JSON unless the client takes only something else.</summary>
    public static async Task WriteStatusAsync(HttpContext http, KubeStatus status, CancellationToken cancellationToken)
    {
        var response = http.Response;
        if (response.HasStarted)
        {
            http.Abort();
            return;
        }

        var kept = KeptHeaders.Select(name => (name, response.Headers[name])).ToList();
        response.Clear();
        foreach (var (name, value) in kept)
        {
            response.Headers[name] = value;
        }

        response.StatusCode = status.Code;
        var format = AcceptHeader.Negotiate(http.Request.Headers.Accept.ToString())?.Format ?? WireFormat.Json;
        response.ContentType = WireFormats.MediaTypeOf(format);
        response.Headers.CacheControl = "no-cache, private";
        var json = status.ToJson();
        if (ObjectAccessor.Number(json["details"] as JsonObject, "retryAfterSeconds") is > 0 and var seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = ObjectCodec.Encode(json, format, KindCatalog.Default.FindSchema("v1", "Status"));
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }

    public static string ContentTypeOf(NegotiatedFormat format) => WireFormats.MediaTypeOf(format.Format);

    private static byte[] Indented(JsonObject obj)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(obj, PrettyOptions);
        return [.. body, (byte)'\n'];
    }

    private static string Escape(string text) =>
        string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : char.IsControl(c) || c > '~' ? "?" : c.ToString()));
}
