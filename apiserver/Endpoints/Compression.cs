using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>gzip for large answers to clients that take it.</summary>
internal static class Compression
{
    /// <summary>Answers below this go out as they are: compressing them costs more than it saves.</summary>
    public const int ThresholdSizeBytes = 128 * 1024;

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length >= ThresholdSizeBytes)
        {
            http.Response.Headers.Append("Vary", "Accept-Encoding");
            if (Accepts(http))
            {
                http.Response.Headers.ContentEncoding = "gzip";
                await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
                await gzip.WriteAsync(body, cancellationToken).ConfigureAwait(false);
                return;
            }
        }

        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when the Accept-Encoding header names gzip.</summary>
    public static bool Accepts(HttpContext http) =>
        http.Request.Headers.AcceptEncoding.ToString().Split(',').Any(e => e.Split(';')[0].Trim() == "gzip");
}
