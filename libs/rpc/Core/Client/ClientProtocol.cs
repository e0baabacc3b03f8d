using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

/// <summary>The HTTP side of a call on a client.</summary>
internal static class ClientProtocol
{
    private const string UserAgent = "kube-rpc/1.0";

    /// <summary>The request of a call.</summary>
    /// <exception cref="RpcException">INTERNAL: a header cannot be encoded.</exception>
    public static HttpRequestMessage CreateRequest(
        Uri address, string? host, HttpContent content, Metadata? metadata, TimeSpan? timeout, bool usesGzip)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(Wire.Headers.AcceptEncoding, Wire.Headers.AcceptedEncodings);
        if (usesGzip)
        {
            headers.TryAddWithoutValidation(Wire.Headers.Encoding, Wire.Headers.Gzip);
        }

        if (timeout is { } left)
        {
            headers.TryAddWithoutValidation(Wire.Headers.Timeout, TimeoutHeader.Encode(left));
        }

        if (host is not null)
        {
            headers.Host = host;
        }

        if (metadata is not null)
        {
            WriteMetadata(headers, metadata);
        }

        return request;
    }

    /// <summary>Adds metadata; keys that belong to the protocol are left out, a user-agent goes before our own.</summary>
    public static void WriteMetadata(HttpRequestHeaders headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == "user-agent")
            {
                headers.Remove("user-agent");
                headers.TryAddWithoutValidation("user-agent", entry.Value + " " + UserAgent);
            }
            else if (!Wire.Headers.IsReserved(entry.Key))
            {
                headers.TryAddWithoutValidation(entry.Key, MetadataCodec.Encode(entry));
            }
        }
    }

    /// <summary>The metadata among headers or trailers.</summary>
    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                MetadataCodec.Decode(metadata, name, value);
            }
        }

        return metadata;
    }

    /// <summary>
    /// Whether the response's headers decide the call: a status among them (a "Trailers-Only" response), or an answer
    /// that is not gRPC at all.
    /// </summary>
    public static bool TryGetEarlyStatus(HttpResponseMessage response, out Status status, out Metadata trailers)
    {
        if (Find(response.Headers, Wire.Headers.Status) is { } code)
        {
            trailers = ReadMetadata(response.Headers);
            status = MakeStatus(code, Find(response.Headers, Wire.Headers.Message));
            return true;
        }

        trailers = [];
        if (response.StatusCode != HttpStatusCode.OK)
        {
            status = new Status(
                StatusMapping.FromHttp((int)response.StatusCode),
                $"unexpected HTTP status code received from server: {(int)response.StatusCode} ({response.ReasonPhrase})");
            return true;
        }

        var contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null;
        if (!Wire.Headers.IsGrpcContentType(contentType))
        {
            status = new Status(StatusCode.Unknown, $"unexpected content-type received from server: {contentType ?? "none"}");
            return true;
        }

        if (Find(response.Headers, Wire.Headers.Encoding) is { Length: > 0 } encoding
            && !encoding.Equals(Wire.Headers.Identity, StringComparison.OrdinalIgnoreCase)
            && !encoding.Equals(Wire.Headers.Gzip, StringComparison.OrdinalIgnoreCase))
        {
            status = new Status(StatusCode.Internal, $"the server used the unknown compression \"{encoding}\"");
            return true;
        }

        status = default;
        return false;
    }

    /// <summary>Whether the messages of the response may be compressed with gzip.</summary>
    public static bool IsGzip(HttpResponseMessage response) =>
        string.Equals(Find(response.Headers, Wire.Headers.Encoding), Wire.Headers.Gzip, StringComparison.OrdinalIgnoreCase);

    /// <summary>The status of a response that was read to its end, and the headers that hold its trailers.</summary>
    public static Status GetFinalStatus(HttpResponseMessage response, out HttpHeaders trailers)
    {
        trailers = response.TrailingHeaders;
        if (Find(response.TrailingHeaders, Wire.Headers.Status) is { } code)
        {
            return MakeStatus(code, Find(response.TrailingHeaders, Wire.Headers.Message));
        }

        if (Find(response.Headers, Wire.Headers.Status) is { } early)
        {
            trailers = response.Headers;
            return MakeStatus(early, Find(response.Headers, Wire.Headers.Message));
        }

        return new Status(StatusCode.Internal, "server closed the stream without sending trailers");
    }

    /// <summary>What an exception of the transport means for the call.</summary>
    public static Status Translate(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc.Status;
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpProtocolException { ErrorCode: 0 }:
                    return new Status(StatusCode.Unavailable, Describe(exception), exception);
                case HttpProtocolException protocol:
                    return new Status(StatusMapping.FromHttp2Error(protocol.ErrorCode), Describe(exception), exception);
                case SocketException or IOException or TimeoutException:
                    return new Status(StatusCode.Unavailable, Describe(exception), exception);
            }
        }

        var code = exception switch
        {
            OperationCanceledException or ObjectDisposedException => StatusCode.Cancelled,
            HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        };
        return new Status(code, Describe(exception), exception);
    }

    private static string Describe(Exception exception)
    {
        var inner = exception;
        while (inner.InnerException is not null)
        {
            inner = inner.InnerException;
        }

        return ReferenceEquals(inner, exception)
            ? exception.Message
            : $"{exception.Message} {inner.GetType().Name}: {inner.Message}";
    }

    private static Status MakeStatus(string code, string? message) =>
        new(StatusMapping.ParseCode(code), message is null ? "" : PercentEncoding.Decode(message));

    private static string? Find(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
