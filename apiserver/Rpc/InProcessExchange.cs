using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Kube.Api.Errors;
using Kube.Api.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.ApiServer.Rpc;

/// <summary>
/// One REST request that a gRPC call makes of the same server, without a socket: the caller's connection and
/// credentials, a body in memory, and an answer that flows through a pipe. Disposing ends the request and waits for it.
/// For one call.
/// </summary>
internal sealed class InProcessExchange : IAsyncDisposable
{
    /// <summary>Bytes of a stream that may wait for a slow client; the request then stands still.</summary>
    private const int MaxWaitingSizeBytes = 256 * 1024;

    private static readonly string[] PassedHeaders = ["Authorization", "User-Agent", "Audit-ID", "Impersonate-User", "Impersonate-Uid", "Impersonate-Group", "traceparent"];

    private const string AuditTrailer = "audit-id";

    private readonly ServerCallContext _call;
    private readonly CancellationTokenSource _end;
    private readonly Pipe _pipe;
    private readonly DefaultHttpContext _http;
    private readonly BufferedResponse _response;
    private readonly Task _running;

    private InProcessExchange(RequestDelegate server, ServerCallContext call, RestRequest request)
    {
        _call = call;
        _end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: request.IsStream ? MaxWaitingSizeBytes : 0,
            resumeWriterThreshold: request.IsStream ? MaxWaitingSizeBytes / 2 : 0,
            useSynchronizationContext: false));
        _response = new BufferedResponse(_pipe.Writer);
        _http = CreateContext(call.GetHttpContext(), request);
        _running = RunAsync(server);
    }

    /// <summary>The body. Ends when the request does.</summary>
    public PipeReader Body => _pipe.Reader;

    /// <summary>HTTP status, once the request is done.</summary>
    public int StatusCode => _response.StatusCode;

    /// <summary>What the answer warns of.</summary>
    public IEnumerable<string> Warnings => _response.Headers["Warning"].Select(WarningText);

    /// <summary>Starts the request.</summary>
    public static InProcessExchange Start(RequestDelegate server, ServerCallContext call, RestRequest request) => new(server, call, request);

    /// <summary>
    /// Completes when the answer's head is there and its body follows.
    /// </summary>
    /// <exception cref="RpcException">The answer is a Status error.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone or its deadline has passed.</exception>
    public async Task StartedAsync()
    {
        await Task.WhenAny(_response.Started, _running).ConfigureAwait(false);
        if (!_response.HasStarted || _response.StatusCode != StatusCodes.Status200OK)
        {
            await CompletedAsync().ConfigureAwait(false);
        }

        PassAuditId();
    }

    /// <summary>The whole answer, once the request is done. It is gone when this is disposed.</summary>
    /// <exception cref="RpcException">The answer is a Status error.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone or its deadline has passed.</exception>
    public async Task<ReadOnlySequence<byte>> CompletedAsync()
    {
        await _running.ConfigureAwait(false);
        _call.CancellationToken.ThrowIfCancellationRequested();
        PassAuditId();
        var body = (await _pipe.Reader.ReadAsync(_call.CancellationToken).ConfigureAwait(false)).Buffer;
        if (_response.StatusCode is >= 200 and < 300 && !_response.IsBroken)
        {
            return body;
        }

        throw RpcErrors.Of(StatusOf(body));
    }

    /// <summary>Ends once the request has; a stream that broke off is an error.</summary>
    /// <exception cref="RpcException">The request broke off after its head.</exception>
    public async Task EndedAsync()
    {
        await _running.ConfigureAwait(false);
        _call.CancellationToken.ThrowIfCancellationRequested();
        if (_response.IsBroken)
        {
            throw RpcErrors.Of(KubeStatus.ServiceUnavailable("the stream broke off"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _end.Dispose();
    }

    private void PassAuditId()
    {
        if (_response.Headers["Audit-Id"].ToString() is { Length: > 0 } auditId && _call.ResponseTrailers.Get(AuditTrailer) is null)
        {
            _call.ResponseTrailers.Add(AuditTrailer, auditId);
        }
    }

    private async Task RunAsync(RequestDelegate server)
    {
        try
        {
            await server(_http).ConfigureAwait(false);
        }
        finally
        {
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    private DefaultHttpContext CreateContext(HttpContext outer, RestRequest request)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(_response);
        features.Set<IHttpResponseBodyFeature>(_response);
        features.Set<IHttpRequestLifetimeFeature>(new Lifetime(_end, _response));
        features.Set(outer.Features.Get<IHttpConnectionFeature>());
        features.Set(outer.Features.Get<ITlsConnectionFeature>());
        features.Set(outer.Features.Get<IServiceProvidersFeature>());
        var http = new DefaultHttpContext(features);
        var target = http.Request;
        target.Method = request.Method;
        target.Scheme = outer.Request.Scheme;
        target.Protocol = outer.Request.Protocol;
        target.Host = outer.Request.Host;
        target.Path = request.Path;
        target.QueryString = request.Query;
        target.Headers.Accept = request.Accept;
        foreach (var header in outer.Request.Headers)
        {
            if (PassedHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase) || header.Key.StartsWith("Impersonate-Extra-", StringComparison.OrdinalIgnoreCase))
            {
                target.Headers[header.Key] = header.Value;
            }
        }

        if (request.Body is { } body)
        {
            target.ContentType = request.ContentType;
            target.ContentLength = body.Length;
            target.Body = new MemoryStream(body.ToArray(), writable: false);
        }

        return http;
    }

    private KubeStatus StatusOf(ReadOnlySequence<byte> body)
    {
        try
        {
            if (KubeStatus.FromJson(JsonTree.ParseObject(body.ToArray())) is { } status)
            {
                return status;
            }
        }
        catch (DecodeException)
        {
            // No Status: what there is to say is the HTTP code.
        }

        return KubeStatus.InternalError($"the request ended with HTTP status {_response.StatusCode} and no Status");
    }

    /// <summary>The text of a warning header: 299 - "text".</summary>
    private static string WarningText(string? header)
    {
        var text = header ?? "";
        var start = text.IndexOf('"');
        return start < 0 || !text.EndsWith('"') || start == text.Length - 1
            ? text
            : text[(start + 1)..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
    }

    /// <summary>The request lives as long as the call does.</summary>
    private sealed class Lifetime(CancellationTokenSource end, BufferedResponse response) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = end.Token;

        public void Abort()
        {
            response.Break();
            end.Cancel();
        }
    }
}
