using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// Passes a request on to a kubelet, pod or service, and the answer back. Where both ends change the protocol (WebSocket,
/// SPDY) the connections are joined and their bytes pass unread: what is spoken is between the client and the other end.
/// </summary>
internal static class BackendProxy
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>Headers that belong to one connection (RFC 9110, 7.6.1), or to the client's standing with the API server.</summary>
    private static readonly HashSet<string> NotPassed = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Host", "Content-Length", "Authorization", "Audit-Id",
    };

    /// <summary>Whether the client wants to change the protocol; only HTTP/1.1 can.</summary>
    public static bool IsUpgrade(HttpRequest request) =>
        request.Headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase) && request.Headers.Upgrade.Count > 0;

    /// <summary>Sends the request to <paramref name="address"/> and answers the client with what comes back.</summary>
    /// <param name="send">How to reach the other end.</param>
    /// <param name="links">Makes the links of the answer lead through here again; null where answers are passed on unread.</param>
    /// <exception cref="Kube.Api.Errors.KubeStatusException">The other end cannot be reached.</exception>
    public static async Task RunAsync(
        HttpContext http,
        Uri address,
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
        ProxyLinks? links,
        CancellationToken cancellationToken)
    {
        var upgrade = IsUpgrade(http.Request);
        using var request = Request(http, address, upgrade);
        if (links is not null && !upgrade)
        {
            // A page is read to find its links, so it must come uncompressed.
            request.Headers.Remove("Accept-Encoding");
            request.Headers.TryAddWithoutValidation("X-Forwarded-Uri", links.Prefix + address.AbsolutePath);
            request.Headers.TryAddWithoutValidation("X-Forwarded-Host", http.Request.Host.Value);
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", http.Request.Scheme);
        }

        HttpResponseMessage answer;
        try
        {
            answer = await send(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw upgrade
                ? ApiErrors.InternalError("error dialing backend: " + e.GetBaseException().Message)
                : ApiErrors.ServiceUnavailable($"error trying to reach service: {e.GetBaseException().Message}");
        }

        using (answer)
        {
            if (answer.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                await JoinAsync(http, answer, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await AnswerAsync(http, answer, links, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static HttpRequestMessage Request(HttpContext http, Uri address, bool upgrade)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), address)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (!upgrade && (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0))
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentLength = http.Request.ContentLength;
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (Passes(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (upgrade)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", http.Request.Headers.Upgrade.ToString());
        }

        if (http.Connection.RemoteIpAddress is { } client)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", client.ToString());
        }

        return request;
    }

    /// <summary>Who asks is settled here: what says so must not reach the other end.</summary>
    private static bool Passes(string header) =>
        !NotPassed.Contains(header) && !header.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase) && !header.StartsWith(':');

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage answer, ProxyLinks? links, CancellationToken cancellationToken)
    {
        http.Response.StatusCode = (int)answer.StatusCode;
        CopyHeaders(http, answer);
        var isPage = links is not null && answer.Content.Headers.ContentType?.MediaType == "text/html" && answer.Content.Headers.ContentEncoding.Count == 0;
        http.Response.ContentLength = isPage ? null : answer.Content.Headers.ContentLength;
        if (links is not null && http.Response.Headers.Location.ToString() is { Length: > 0 } location)
        {
            http.Response.Headers.Location = links.Rewrite(location);
        }

        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(cancellationToken).ConfigureAwait(false);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                await (isPage ? CopyPageAsync(body, http, links!, cancellationToken) : CopyAsync(body, http.Response.Body, cancellationToken)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpIOException or HttpRequestException)
            {
                // Half an answer must not look like a whole one.
                http.Abort();
            }
        }
    }

    /// <summary>Copies a page, its links rewritten.</summary>
    private static async Task CopyPageAsync(Stream from, HttpContext http, ProxyLinks links, CancellationToken cancellationToken)
    {
        var rewriter = new HtmlLinkRewriter(links);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            rewriter.Write(buffer.AsSpan(0, read), http.Response.BodyWriter);
            await http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        rewriter.Complete(http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes the protocol on the client's side too, and moves bytes until either side ends.</summary>
    private static async Task JoinAsync(HttpContext http, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } feature)
        {
            throw ApiErrors.BadRequest("Upgrade request required");
        }

        CopyHeaders(http, answer);
        http.Response.Headers.Upgrade = answer.Headers.Upgrade.ToString();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var backend = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var client = await feature.UpgradeAsync().ConfigureAwait(false);
        await using (backend.ConfigureAwait(false))
        await using (client.ConfigureAwait(false))
        {
            var up = PassAsync(client, backend, over.Token);
            var down = PassAsync(backend, client, over.Token);
            await Task.WhenAny(up, down).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(up, down).ConfigureAwait(false);
        }
    }

    private static void CopyHeaders(HttpContext http, HttpResponseMessage answer)
    {
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (Passes(name))
            {
                http.Response.Headers[name] = new StringValues([.. values]);
            }
        }
    }

    /// <summary>Copies until an end or a break: for joined connections both mean that it is over.</summary>
    private static async Task PassAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(from, to, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone; the other follows.
        }
    }

    /// <summary>Copies and flushes what comes when it comes.</summary>
    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            await to.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
