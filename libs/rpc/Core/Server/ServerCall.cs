using System.IO.Compression;
using Grpc.Core;
using Kube.Rpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.Rpc.Server;

/// <summary>
/// One call on the server: its context for the handler, and its state. The HTTP request goes back to the server when
/// the handler is done, so nothing here may be used after that. Requests are parsed in the server's own buffers;
/// responses are written into them.
/// </summary>
internal sealed partial class ServerCall : ServerCallContext
{
    private readonly MethodOptions _options;
    private readonly ServerCallServices _services;
    private readonly IMethod _method;
    private readonly ServerMetrics _metrics;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private bool _headersPrepared;
    private bool _hasWritten;

    public ServerCall(HttpContext http, IMethod method, MethodOptions options, ServerCallServices services, ServerMetrics metrics)
    {
        HttpContext = http;
        _method = method;
        _options = options;
        _services = services;
        _metrics = metrics;
        _token = http.RequestAborted;
        Serializer = new MessageSerializer(options.MaxSendMessageSize);
    }

    public HttpContext HttpContext { get; }

    public MessageSerializer Serializer { get; }

    /// <summary>Set by <see cref="TryStart"/>.</summary>
    public MessageReader Reader { get; private set; } = null!;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => Server.Peer.Address(HttpContext.Connection);

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore =>
        _requestHeaders ??= ServerProtocol.ReadMetadata(HttpContext.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _token;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= Server.Peer.Authentication(HttpContext.Connection);

    /// <summary>Reads what the request's headers say about the call; a status when the call cannot go on.</summary>
    public bool TryStart(out Status failure)
    {
        var headers = HttpContext.Request.Headers;
        var isGzip = false;
        if (headers.TryGetValue(Headers.Encoding, out var encodings) && encodings.Count > 0)
        {
            var encoding = encodings[0];
            isGzip = string.Equals(encoding, Headers.Gzip, StringComparison.OrdinalIgnoreCase);
            if (!isGzip && !string.IsNullOrEmpty(encoding) && !string.Equals(encoding, Headers.Identity, StringComparison.OrdinalIgnoreCase))
            {
                HttpContext.Response.Headers[Headers.AcceptEncoding] = Headers.AcceptedEncodings;
                failure = new Status(StatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
                return false;
            }
        }

        Reader = new MessageReader(HttpContext.Request.BodyReader, _options.MaxReceiveMessageSize, isGzip, _metrics.OnReceived);
        return TryStartDeadline(headers, out failure);
    }

    /// <summary>Serializes a response into the output, with the headers before it if it is the first; nothing is flushed.</summary>
    public int Write<TResponse>(TResponse message, Action<TResponse, SerializationContext> serializer, WriteOptions? options)
    {
        PrepareHeaders(metadata: null);
        var mayCompress = Serializer.Compression is not null && (options?.Flags & WriteFlags.NoCompress) != WriteFlags.NoCompress;
        var written = Serializer.Write(HttpContext.Response.BodyWriter, message, serializer, mayCompress);
        _hasWritten = true;
        _metrics.OnSent(written - Frame.PrefixSize);
        return written;
    }

    /// <summary>Whether an exception of the transport only says that the client reset the stream or lost its connection.</summary>
    public bool IsConnectionLoss(Exception exception) =>
        exception is IOException and not BadHttpRequestException
        || (exception is not RpcException && HttpContext.RequestAborted.IsCancellationRequested);

    /// <summary>
    /// Ends the call. A client that is gone gets nothing. When a message was torn off halfway, the stream is reset:
    /// trailers would follow bytes that mean nothing.
    /// </summary>
    public void End(Status status, Metadata? trailers)
    {
        if (Serializer.IsOutputTorn)
        {
            Reset();
            return;
        }

        if (HttpContext.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = HttpContext.Response;
        if (_responseTrailers is { Count: > 0 } && trailers is { Count: > 0 } && !ReferenceEquals(_responseTrailers, trailers))
        {
            foreach (var entry in trailers)
            {
                _responseTrailers.Add(entry);
            }

            trailers = _responseTrailers;
        }

        ServerProtocol.WriteStatus(
            response, status, trailers is { Count: > 0 } ? trailers : _responseTrailers, !_hasWritten && !response.HasStarted);
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_headersPrepared || HttpContext.Response.HasStarted)
        {
            throw new InvalidOperationException("The response headers can be sent only once, before the first message.");
        }

        PrepareHeaders(responseHeaders);
        return HttpContext.Response.BodyWriter.FlushAsync(_token).AsTask();
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options)
    {
        options ??= ContextPropagationOptions.Default;
        return new ContextPropagationToken(
            options.IsPropagateDeadline ? _deadline : DateTime.MaxValue,
            options.IsPropagateCancellation ? _token : CancellationToken.None);
    }

    private void PrepareHeaders(Metadata? metadata)
    {
        if (_headersPrepared)
        {
            return;
        }

        _headersPrepared = true;
        var headers = HttpContext.Response.Headers;
        var encoding = metadata?.GetValue(Headers.EncodingRequest);
        var compress = encoding is null
            ? _options.CompressResponses
            : string.Equals(encoding, Headers.Gzip, StringComparison.OrdinalIgnoreCase);
        if (compress && ServerProtocol.AcceptsGzip(HttpContext.Request.Headers))
        {
            Serializer.Compression = _options.CompressionLevel;
            headers[Headers.Encoding] = Headers.Gzip;
        }

        if (metadata is not null)
        {
            ServerProtocol.WriteMetadata(headers, metadata);
        }
    }

    private void Reset()
    {
        if (HttpContext.Features.Get<IHttpResetFeature>() is { } feature)
        {
            const int http2InternalError = 0x2;
            feature.Reset(http2InternalError);
        }
        else
        {
            HttpContext.Abort();
        }
    }
}
