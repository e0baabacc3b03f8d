using System.Net.WebSockets;
using System.Text;
using Kube.Streams.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// A log over a WebSocket, as Kubernetes' API server sends it: an empty message first, then a message for each piece that comes, and a close when the
/// log is at its end. Under <c>base64.binary.k8s.io</c> messages are base64 texts, under <c>binary.k8s.io</c> or no subprotocol bytes. What the client
/// sends is dropped; its close ends the stream.
/// </summary>
internal static class LogWebSocket
{
    private const string Base64 = "base64.binary.k8s.io";

    /// <summary>Kubernetes reads pieces of this size, and clients take a message as whole.</summary>
    private const int PieceBytes = 2048;

    private static readonly string[] Served = ["binary.k8s.io", Base64];
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(5);

    /// <exception cref="Kube.Api.Errors.KubeStatusException">A WebSocket is asked for, but not in a way that can be answered.</exception>
    public static bool IsAsked(HttpRequest request) =>
        WebSocketHandshake.IsAsked(request)
        || (BackendProxy.IsUpgrade(request) && request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            ? throw ApiErrors.BadRequest("a WebSocket of version 13 with a key is required")
            : false);

    /// <summary>Answers the handshake and sends the log to its end; a client that goes is no error.</summary>
    public static async Task SendAsync(HttpContext http, Stream log, TimeProvider time, CancellationToken cancellationToken)
    {
        var asked = WebSocketHandshake.Protocols(http.Request);
        if ((asked.Count == 0 ? "" : asked.FirstOrDefault(Served.Contains)) is not { } protocol)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await WebSocketHandshake.AcceptAsync(http, protocol, KeepAlivePeriod).ConfigureAwait(false);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        var receiving = ReceiveAsync(socket, closed, gone);
        try
        {
            await CopyToEndAsync(log, socket, protocol == Base64, closed.Token, gone.Token, cancellationToken).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(GoodbyeLimit, time);
            await WebSocketClosing.CloseAsync(socket, limit.Token).ConfigureAwait(false);
            await receiving.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow to go.
        }
        finally
        {
            // Also when the kubelet breaks off: who receives uses what ends here.
            await gone.CancelAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
        }
    }

    private static async Task CopyToEndAsync(
        Stream log, WebSocket socket, bool base64, CancellationToken reads, CancellationToken writes, CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(log, socket, base64, reads, writes).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The client has closed, or is gone.
        }
    }

    private static async Task CopyAsync(Stream log, WebSocket socket, bool base64, CancellationToken reads, CancellationToken writes)
    {
        var kind = base64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var buffer = new byte[PieceBytes];
        var length = 0;
        do
        {
            // The first message is empty: the stream is there, whether or not the container ever writes.
            ReadOnlyMemory<byte> piece = buffer.AsMemory(0, length);
            piece = base64 ? Encoding.ASCII.GetBytes(Convert.ToBase64String(piece.Span)) : piece;
            await socket.SendAsync(piece, kind, endOfMessage: true, writes).ConfigureAwait(false);
            length = await log.ReadAsync(buffer, reads).ConfigureAwait(false);
        }
        while (length > 0);
    }

    /// <summary>Drops what comes. A close ends the reading of the log; a broken connection ends all.</summary>
    private static async Task ReceiveAsync(WebSocket socket, CancellationTokenSource closed, CancellationTokenSource gone)
    {
        var buffer = new byte[PieceBytes];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), gone.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }

            await closed.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }
}
