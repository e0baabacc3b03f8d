using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.Streams.WebSockets;

/// <summary>
/// The server's side of RFC 6455's handshake. The framework's own refuses subprotocols with a slash, which
/// Kubernetes' tunnel has in its name.
/// </summary>
public static class WebSocketHandshake
{
    private const string KeyMark = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether the request is a whole handshake.</summary>
    public static bool IsAsked(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        && request.Headers.SecWebSocketVersion == "13"
        && request.Headers.SecWebSocketKey.ToString().Length > 0;

    /// <summary>The subprotocols that the client offers, in its order.</summary>
    public static IReadOnlyList<string> Protocols(HttpRequest request) =>
        [.. request.Headers.SecWebSocketProtocol.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Answers 101 with the protocol chosen, if any is, and gives the socket.</summary>
    /// <param name="protocol">One of those that the client offers, or an empty text.</param>
    /// <param name="keepAlive">How often the client is sent something that shows whether it still is there.</param>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string protocol, TimeSpan keepAlive)
    {
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeyMark)));
        if (protocol.Length > 0)
        {
            context.Response.Headers.SecWebSocketProtocol = protocol;
        }

        var transport = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
        return WebSocket.CreateFromStream(transport, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = keepAlive });
    }
}
