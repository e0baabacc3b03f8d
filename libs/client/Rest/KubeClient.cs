using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Kube.Client.Queues;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Client.Rest;

/// <summary>
/// A client of one API server. All requests share its HTTP/2 connections; all members may be called from any thread.
/// Requests throw <see cref="KubeApiException"/> when the server refuses, HttpRequestException when it cannot be
/// reached, TimeoutException past <see cref="KubeClientOptions.RequestTimeout"/>, and OperationCanceledException when
/// the caller's token is signalled.
/// </summary>
public sealed partial class KubeClient : IDisposable
{
    private const int MaxErrorBytes = 1 << 20;
    private readonly HttpMessageInvoker _http;
    private readonly TokenBucket? _limiter;
    private readonly ConcurrentDictionary<Type, object> _resources = new();
    private readonly RequestMetrics _metrics;

    /// <summary>Set in a client that shares another's connections; that one disposes them.</summary>
    private readonly bool _shares;

    public KubeClient(KubeClientOptions options, TimeProvider time, ILoggerFactory? loggers = null)
    {
        Options = options;
        Time = time;
        Loggers = loggers ?? NullLoggerFactory.Instance;
        _http = options.Handler is null
            ? new HttpMessageInvoker(Connection.CreateHandler(options), disposeHandler: true)
            : new HttpMessageInvoker(options.Handler, disposeHandler: false);
        _limiter = options.Qps > 0 ? new TokenBucket(options.Qps, options.Burst, time) : null;
        _metrics = new RequestMetrics(options.Server.Authority);
    }

    private KubeClient(KubeClient shared, KubeClientOptions options)
    {
        Options = options;
        Time = shared.Time;
        Loggers = shared.Loggers;
        _http = shared._http;
        _limiter = shared._limiter;
        _metrics = shared._metrics;
        _shares = true;
    }

    public KubeClientOptions Options { get; }

    /// <summary>The clock that everything built on this client uses.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where everything built on this client logs to.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>
    /// A client that acts as another user, over the connections and within the request limit of this one. It lives no
    /// longer than this one and need not be disposed.
    /// </summary>
    /// <param name="user">The user to act as; the credentials must be allowed to impersonate it and its group.</param>
    /// <param name="group">The user's group beside system:authenticated; null for none.</param>
    public KubeClient As(string user, string? group = null) =>
        new(this, Options with { ImpersonatedUser = user, ImpersonatedGroup = group });

    /// <summary>Typed verbs for a type of libs/api that carries [Kind].</summary>
    public ResourceClient<T> For<T>()
        where T : class, IKubeObject =>
        (ResourceClient<T>)_resources.GetOrAdd(
            typeof(T),
            static (_, client) => new ResourceClient<T>(client, new ObjectFormat<T>(
                ResourceKind.Of<T>(),
                "application/json",
                "application/json",
                static json => KubeJson.Deserialize<T>(json),
                static value => KubeJson.Serialize(value))),
            this);

    /// <summary>Verbs for any resource that read metadata only; objects cannot be created or updated through it.</summary>
    public ResourceClient<MetadataObject> Metadata(ResourceKind kind) => new(this, MetadataFormat.For(kind));

    /// <summary>
    /// Sends any request and returns the answer's body and headers; throws <see cref="KubeApiException"/> unless the
    /// code is 2xx.
    /// </summary>
    public async Task<RawResponse> RawAsync(
        HttpMethod method,
        string pathAndQuery,
        byte[]? body = null,
        string? contentType = null,
        string accept = "application/json",
        CancellationToken cancellation = default)
    {
        using var response = await SendAsync(new ApiRequest(method, pathAndQuery, body, contentType, accept), cancellation).ConfigureAwait(false);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return new RawResponse((int)response.StatusCode, bytes, response.Content.Headers.ContentType?.ToString());
    }

    /// <summary>
    /// Sends any request and returns the answer's body as it comes, for logs and other streams. No time limit but
    /// <paramref name="cancellation"/>, which holds until the headers are there. The caller disposes the stream.
    /// </summary>
    public async Task<Stream> StreamAsync(HttpMethod method, string pathAndQuery, string accept = "*/*", CancellationToken cancellation = default)
    {
        var response = await SendAsync(new ApiRequest(method, pathAndQuery, null, null, accept) { Streaming = true }, cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_shares)
        {
            return;
        }

        _http.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Sends a request, again where the server says so; the response's code is 2xx. The caller disposes it.</summary>
    internal async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellation)
    {
        for (var retries = 0; ; retries++)
        {
            if (_limiter?.Reserve() is { } wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Time, cancellation).ConfigureAwait(false);
            }

            var response = await SendOnceAsync(request, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                var retryAfter = RetryAfter(response);
                if (MayRetry(response.StatusCode, retryAfter) && retries < Options.MaxRetries)
                {
                    await Task.Delay(retryAfter ?? TimeSpan.FromSeconds(1), Time, cancellation).ConfigureAwait(false);
                    continue;
                }

                throw KubeApiException.FromResponse(response.StatusCode, await ReadErrorAsync(response, cancellation).ConfigureAwait(false), retryAfter);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, CancellationToken cancellation)
    {
        using var message = CreateMessage(request);
        using var timeout = new CancellationTokenSource(Options.RequestTimeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var startedAt = Time.GetTimestamp();
        try
        {
            var response = await _http.SendAsync(message, linked.Token).ConfigureAwait(false);
            if (!request.Streaming)
            {
                // The time limit covers the body too. Buffered here, it is at hand for whoever reads the response.
                await response.Content.LoadIntoBufferAsync(linked.Token).ConfigureAwait(false);
            }

            _metrics.Observe(request.Method.Method, (int)response.StatusCode, Time.GetElapsedTime(startedAt));
            return response;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            _metrics.Observe(request.Method.Method, null, Time.GetElapsedTime(startedAt));
            throw new TimeoutException($"{request.Method} {request.PathAndQuery}: no answer within {Options.RequestTimeout.TotalSeconds:0} s", e);
        }
        catch (HttpRequestException)
        {
            _metrics.Observe(request.Method.Method, null, Time.GetElapsedTime(startedAt));
            throw;
        }
    }

    private HttpRequestMessage CreateMessage(ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(Options.Server, request.PathAndQuery))
        {
            Version = Options.Server.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", Options.UserAgent);
        if (Options.TokenSource?.Invoke() is { Length: > 0 } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (Options.ImpersonatedUser is { } user)
        {
            message.Headers.TryAddWithoutValidation("Impersonate-User", user);
            if (Options.ImpersonatedGroup is { } group)
            {
                message.Headers.TryAddWithoutValidation("Impersonate-Group", group);
            }
        }

        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType ?? "application/json");
        }

        return message;
    }

    private static bool MayRetry(HttpStatusCode code, TimeSpan? retryAfter) =>
        code == HttpStatusCode.TooManyRequests ? retryAfter is not null : (int)code >= 500 && retryAfter is not null;

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > Time.GetUtcNow() => date - Time.GetUtcNow(),
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private static async Task<byte[]> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new MemoryStream();
        var chunk = new byte[8192];
        int read;
        while (buffer.Length < MaxErrorBytes && (read = await stream.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}

/// <summary>The answer to a raw request.</summary>
public sealed record RawResponse(int Code, byte[] Body, string? ContentType);

/// <summary>One request as the pipeline sees it.</summary>
internal sealed record ApiRequest(HttpMethod Method, string PathAndQuery, byte[]? Body, string? ContentType, string Accept)
{
    /// <summary>The time limit holds for the headers only.</summary>
    public bool Streaming { get; init; }
}
