using Kube.Streams.Remote;
using System.Threading.Channels;

namespace Kube.Kubelet.Runtime;

/// <summary>Moves bytes between a client's streams and a process, a buffer at a time.</summary>
internal static class StreamCopy
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>
    /// Copies until <paramref name="from"/> ends. Where nobody wants it, or no longer, the output is read and dropped, so that the process
    /// does not stand still.
    /// </summary>
    public static async Task OutAsync(Stream from, Stream? to, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
        {
            try
            {
                if (to is not null)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                }
            }
            catch (IOException)
            {
                to = null;
            }
        }
    }

    /// <summary>Copies what the client types until it ends; then tells the process. A process that reads no more drops the rest.</summary>
    public static async Task InAsync(Stream from, Stream to, Action ended, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            ended();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or the process is, or has closed its input.
        }
    }

    /// <summary>Tells the terminal the client's sizes.</summary>
    public static async Task SizesAsync(ChannelReader<TerminalSize> sizes, Action<TerminalSize> resize, CancellationToken cancellation)
    {
        try
        {
            await foreach (TerminalSize size in sizes.ReadAllAsync(cancellation))
            {
                resize(size);
            }
        }
        catch (OperationCanceledException)
        {
            // The process has ended.
        }
    }
}
