using System.Net.WebSockets;
using Kube.Streams;
using Kube.Streams.Remote;
using Kube.Streams.Spdy;
using Kube.Streams.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.Kubelet.Server;

/// <summary>Makes of a request's connection what the client asks for: WebSocket channels or SPDY streams.</summary>
internal sealed class StreamSessions(TimeProvider time)
{
    /// <summary>A client has this long to open the streams that it asked for, as with the kubelet.</summary>
    public static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);

    /// <summary>Streams on which nothing moves end after this, as with the kubelet.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(4);

    /// <summary>How often a client is sent something that shows whether it still is there.</summary>
    public static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromSeconds(10);

    /// <summary>Runs <paramref name="command"/> with the client's streams and tells the client how it ended.</summary>
    public async Task RunAsync(
        HttpContext context,
        RemoteRequest request,
        Func<RemoteSession, CancellationToken, Task<RemoteStatus>> command,
        CancellationToken stopping)
    {
        using IdleWatch idle = new(IdleLimit, time, context.Abort);
        if (WebSocketHandshake.IsAsked(context.Request))
        {
            await OverWebSocketAsync(context, request, idle, command, stopping);
        }
        else if (StreamProtocols.WantsSpdy(context.Request))
        {
            await OverSpdyAsync(context, request, idle, command, stopping);
        }
        else
        {
            await KubeletEndpoints.ErrorAsync(context, StatusCodes.Status400BadRequest, "Upgrade request required");
        }
    }

    /// <summary>Answers 101 and gives the connection's bytes, SPDY from now on.</summary>
    public static async Task<Stream> UpgradeToSpdyAsync(HttpContext context, string protocol)
    {
        context.Response.Headers.Upgrade = StreamProtocols.Spdy;
        context.Response.Headers[StreamProtocols.VersionHeader] = protocol;
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private async Task OverWebSocketAsync(
        HttpContext context,
        RemoteRequest request,
        IdleWatch idle,
        Func<RemoteSession, CancellationToken, Task<RemoteStatus>> command,
        CancellationToken stopping)
    {
        IReadOnlyList<string> asked = WebSocketHandshake.Protocols(context.Request);
        if (await StreamProtocols.NegotiateAsync(context, asked, WebSocketRemoteSession.Protocols) is not { } protocol)
        {
            return;
        }

        WebSocket socket = await WebSocketHandshake.AcceptAsync(context, protocol, StreamSessions.KeepAlivePeriod);
        await using WebSocketRemoteSession session = await WebSocketRemoteSession.OpenAsync(socket, protocol, request, idle.Touch, stopping);
        await ServeAsync(session, command, stopping);
    }

    private async Task OverSpdyAsync(
        HttpContext context,
        RemoteRequest request,
        IdleWatch idle,
        Func<RemoteSession, CancellationToken, Task<RemoteStatus>> command,
        CancellationToken stopping)
    {
        IReadOnlyList<string> asked = StreamProtocols.Asked(context.Request);
        if (await StreamProtocols.NegotiateAsync(context, asked, SpdyRemoteSession.Protocols) is not { } protocol)
        {
            return;
        }

        Stream transport = await UpgradeToSpdyAsync(context, protocol);
        await using SpdyConnection connection = new(transport, server: true) { Active = idle.Touch, KeepAlive = (KeepAlivePeriod, time) };
        Task running = connection.RunAsync(stopping);
        using CancellationTokenSource limit = new(OpenLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        SpdyRemoteSession session = await SpdyRemoteSession.OpenAsync(connection, protocol, request, either.Token);
        await ServeAsync(session, command, stopping);
        await session.DisposeAsync();
        await running;
    }

    private async Task ServeAsync(RemoteSession session, Func<RemoteSession, CancellationToken, Task<RemoteStatus>> command, CancellationToken stopping)
    {
        RemoteStatus status;
        try
        {
            status = await command(session, stopping);
        }
        catch (Grpc.Core.RpcException e)
        {
            status = RemoteStatus.Failed("error executing command in container: " + e.Status.Detail);
        }
        catch (IOException e)
        {
            status = RemoteStatus.Failed("error executing command in container: " + e.Message);
        }

        using CancellationTokenSource goodbye = new(TimeSpan.FromSeconds(5), time);
        await session.CompleteAsync(status, goodbye.Token);
    }
}
