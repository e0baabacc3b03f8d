using Grpc.Core;
using Kube.Rpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kube.Rpc.Server;

/// <summary>The HTTP side of a call on a server.</summary>
internal static class ServerProtocol
{
    /// <summary>
    /// Checks that the request is gRPC over HTTP/2 or later and starts the response's headers; when it is not, the
    /// response says so in HTTP's terms and the request is done.
    /// </summary>
    public static bool TryBegin(HttpContext http)
    {
        if (!Headers.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        if (http.Request.Protocol is "HTTP/1.1" or "HTTP/1.0")
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        http.Response.ContentType = Headers.ContentTypeGrpc;
        return true;
    }

    /// <summary>
    /// Says how the call ended: in the headers when nothing has been sent (a "Trailers-Only" response), else in the
    /// trailers. Trailers that cannot be encoded turn the status into INTERNAL.
    /// </summary>
    public static void WriteStatus(HttpResponse response, Status status, Metadata? trailers, bool trailersOnly)
    {
        var destination = trailersOnly
            ? response.Headers
            : response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
                ?? throw new InvalidOperationException("The server does not support trailers.");
        if (trailers is { Count: > 0 })
        {
            try
            {
                WriteMetadata(destination, trailers);
            }
            catch (RpcException e)
            {
                status = e.Status;
            }
        }

        destination[Headers.Status] = StatusMapping.Format(status.StatusCode);
        if (status.Detail.Length > 0)
        {
            destination[Headers.Message] = PercentEncoding.Encode(status.Detail);
        }
    }

    /// <summary>Adds metadata to headers; keys that belong to the protocol are left out.</summary>
    public static void WriteMetadata(IHeaderDictionary destination, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!Headers.IsReserved(entry.Key))
            {
                destination.Append(entry.Key, MetadataCodec.Encode(entry));
            }
        }
    }

    /// <summary>Reads the metadata that the client sent.</summary>
    public static Metadata ReadMetadata(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                MetadataCodec.Decode(metadata, name, value);
            }
        }

        return metadata;
    }

    /// <summary>Whether a list of encodings, as in <c>grpc-accept-encoding</c>, has gzip in it.</summary>
    public static bool AcceptsGzip(IHeaderDictionary headers)
    {
        foreach (var value in headers[Headers.AcceptEncoding])
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan(range).Trim().Equals(Headers.Gzip, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Lets a request stream stay idle: gRPC knows no least rate.</summary>
    public static void AllowSlowRequest(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>Lets a request grow: what HTTP limits in total, gRPC limits by message.</summary>
    public static void AllowLongRequest(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
