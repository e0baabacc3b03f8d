using System.Threading.Channels;

namespace Kube.Streams.Remote;

/// <summary>Reads a client's stream of terminal sizes; only the newest matters.</summary>
internal static class TerminalSizes
{
    private const int MaxSizeBytes = 256;

    /// <summary>A channel that holds the newest size not yet read and completes with the stream.</summary>
    public static ChannelReader<TerminalSize> Read(Stream stream)
    {
        var channel = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _ = PumpAsync(stream, channel.Writer);
        return channel.Reader;
    }

    /// <summary>Sizes are JSON objects one after the other, without nesting: each ends with its brace.</summary>
    private static async Task PumpAsync(Stream stream, ChannelWriter<TerminalSize> sizes)
    {
        var held = new byte[MaxSizeBytes];
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(held.AsMemory(length)).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                length = Take(held, length + read, sizes);
                if (length == held.Length)
                {
                    // No size is this long: the stream is no stream of sizes.
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The client is gone; its terminal with it.
        }
        finally
        {
            sizes.TryComplete();
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes whole sizes from the front and moves the rest there; answers the rest's length.</summary>
    private static int Take(byte[] held, int length, ChannelWriter<TerminalSize> sizes)
    {
        var start = 0;
        int end;
        while ((end = held.AsSpan(start, length - start).IndexOf((byte)'}')) >= 0)
        {
            if (TerminalSize.TryParse(held.AsMemory(start, end + 1), out var size))
            {
                sizes.TryWrite(size);
            }

            start += end + 1;
        }

        held.AsSpan(start, length - start).CopyTo(held);
        return length - start;
    }
}
