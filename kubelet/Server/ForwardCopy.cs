using Kube.Kubelet.Runtime;

namespace Kube.Kubelet.Server;

/// <summary>Moves the bytes of one forwarded connection both ways.</summary>
internal static class ForwardCopy
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>
    /// Until the pod has ended its side and all of that has gone to the client, or the client's side breaks. The client's
    /// end of data is passed on, and the answer still awaited. Answers what went wrong on the pod's side, or null.
    /// </summary>
    public static async Task<string?> RunAsync(Stream client, IForwardedConnection pod, CancellationToken cancellation)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task sending = SendAsync(client, pod, over);
        string? failure = null;
        try
        {
            byte[] buffer = new byte[BufferBytes];
            int read;
            while ((read = await pod.Stream.ReadAsync(buffer, over.Token)) > 0)
            {
                await client.WriteAsync(buffer.AsMemory(0, read), over.Token);
            }

            failure = await pod.FailureAsync(over.Token);
        }
        catch (IOException e)
        {
            failure = e.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The client has closed the connection.
        }

        await over.CancelAsync();
        await sending;
        return failure;
    }

    private static async Task SendAsync(Stream client, IForwardedConnection pod, CancellationTokenSource over)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await client.ReadAsync(buffer, over.Token)) > 0)
            {
                await pod.Stream.WriteAsync(buffer.AsMemory(0, read), over.Token);
            }

            await pod.EndWritesAsync(over.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // One side is gone: so is the connection.
            await over.CancelAsync();
        }
    }
}
