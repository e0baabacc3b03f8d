using System.Net.WebSockets;
using System.Text;
using Kube.Streams.WebSockets;

namespace Kube.Streams.Remote;

/// <summary>A remote command over WebSocket channels: 0 input, 1 output, 2 errors, 3 status, 4 terminal size.</summary>
public sealed class WebSocketRemoteSession : RemoteSession
{
    /// <summary>The protocol of kubectl since 1.29, in which a channel can be closed.</summary>
    public const string V5 = "v5.channel.k8s.io";

    public const string V4 = "v4.channel.k8s.io";

    private const byte InputChannel = 0;
    private const byte OutputChannel = 1;
    private const byte ErrorChannel = 2;
    private const byte StatusChannel = 3;
    private const byte SizeChannel = 4;

    private readonly WebSocketChannels _channels;
    private readonly Task _receiving;

    private WebSocketRemoteSession(WebSocketChannels channels, RemoteRequest request)
    {
        _channels = channels;
        Input = request.Input ? channels.OpenReader(InputChannel) : null;
        Output = request.Output ? channels.OpenWriter(OutputChannel) : null;
        Error = request.Error && !request.Terminal ? channels.OpenWriter(ErrorChannel) : null;
        Sizes = request.Terminal ? TerminalSizes.Read(channels.OpenReader(SizeChannel)) : null;
        _receiving = channels.RunAsync(CancellationToken.None);
    }

    /// <summary>The protocols in order of preference.</summary>
    public static IReadOnlyList<string> Protocols { get; } = [V5, V4];

    public override CancellationToken Gone => _channels.Ended;

    /// <summary>Takes an accepted socket over and tells the client, by an empty message, that the way is open.</summary>
    /// <exception cref="IOException">The client is gone already.</exception>
    public static async Task<WebSocketRemoteSession> OpenAsync(
        WebSocket socket, string protocol, RemoteRequest request, Action active, CancellationToken cancellation)
    {
        var channels = new WebSocketChannels(socket, closes: protocol == V5) { Active = active };
        var session = new WebSocketRemoteSession(channels, request);
        var lowest = request.Output ? OutputChannel : session.Error is not null ? ErrorChannel : StatusChannel;
        try
        {
            await channels.SendAsync(lowest, default, cancellation).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task CompleteAsync(RemoteStatus status, CancellationToken cancellation)
    {
        try
        {
            await _channels.SendAsync(StatusChannel, Encoding.UTF8.GetBytes(status.Json), cancellation).ConfigureAwait(false);
            await DropInputAsync().ConfigureAwait(false);
            await _channels.CloseAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nobody is there to be told.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await DropInputAsync().ConfigureAwait(false);
        await _channels.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
    }

    /// <summary>Input that nobody reads any more must not stand in the way of the client's goodbye.</summary>
    private ValueTask DropInputAsync() => Input?.DisposeAsync() ?? ValueTask.CompletedTask;
}
