using System.Net.WebSockets;

namespace Kube.Streams.WebSockets;

/// <summary>Ends a WebSocket politely where it still can be.</summary>
public static class WebSocketClosing
{
    /// <summary>Sends a close message with code 1000; a connection that is gone already is no error.</summary>
    public static async Task CloseAsync(WebSocket socket, CancellationToken cancellation)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The peer was faster: there is nobody to take leave of.
        }
    }
}
