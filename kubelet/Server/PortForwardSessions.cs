using System.Net.WebSockets;
using Kube.Kubelet.Runtime;
using Kube.Streams;
using Kube.Streams.Spdy;
using Kube.Streams.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kube.Kubelet.Server;

/// <summary>
/// Port-forward: over SPDY as kubectl before 1.31 asks for it, over SPDY tunnelled in a WebSocket as later ones do, and over
/// plain WebSocket channels as client libraries do.
/// </summary>
internal sealed class PortForwardSessions(TimeProvider time)
{
    /// <summary>Serves the connections that the client opens, until it goes.</summary>
    /// <param name="sandbox">How errors name the pod.</param>
    public async Task RunAsync(
        HttpContext context,
        string sandbox,
        Func<int, CancellationToken, Task<IForwardedConnection>> connect,
        CancellationToken stopping)
    {
        using IdleWatch idle = new(StreamSessions.IdleLimit, time, context.Abort);
        if (WebSocketHandshake.IsAsked(context.Request))
        {
            IReadOnlyList<string> asked = WebSocketHandshake.Protocols(context.Request);
            if (await StreamProtocols.NegotiateAsync(context, asked, [StreamProtocols.TunnelledPortForward, WebSocketForward.Protocol]) is not { } protocol)
            {
                return;
            }

            await (protocol == WebSocketForward.Protocol
                ? new WebSocketForward(sandbox, connect, time).RunAsync(context, idle, stopping)
                : OverSpdyAsync(new WebSocketByteStream(await WebSocketHandshake.AcceptAsync(context, protocol, StreamSessions.KeepAlivePeriod)), sandbox, connect, idle, stopping));
        }
        else if (StreamProtocols.WantsSpdy(context.Request))
        {
            IReadOnlyList<string> asked = StreamProtocols.Asked(context.Request);
            if (await StreamProtocols.NegotiateAsync(context, asked, [StreamProtocols.PortForward]) is { } protocol)
            {
                await OverSpdyAsync(await StreamSessions.UpgradeToSpdyAsync(context, protocol), sandbox, connect, idle, stopping);
            }
        }
        else
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status400BadRequest, "Upgrade request required");
        }
    }

    private async Task OverSpdyAsync(
        Stream transport, string sandbox, Func<int, CancellationToken, Task<IForwardedConnection>> connect, IdleWatch idle, CancellationToken stopping)
    {
        await using SpdyConnection connection = new(transport, server: true) { Active = idle.Touch, KeepAlive = (StreamSessions.KeepAlivePeriod, time) };
        Task<Exception?> running = connection.RunAsync(stopping);
        await new SpdyForward(connection, sandbox, connect, time).RunAsync(stopping);
        await running;
    }
}
