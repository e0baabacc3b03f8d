using System.Threading.Channels;

namespace Kube.Streams.Remote;

/// <summary>
/// A client's end of a remote command, whatever it speaks: streams to read and write, terminal sizes, and a way to say how
/// it ended. Each stream is used by one reader or writer at a time.
/// </summary>
public abstract class RemoteSession : IAsyncDisposable
{
    /// <summary>
    /// What the client types; null when it gives nothing. 0 bytes: the client has closed its input. An
    /// <see cref="IOException"/>: the client is gone.
    /// </summary>
    public Stream? Input { get; protected init; }

    /// <summary>Where the command's output goes; null when nobody wants it.</summary>
    public Stream? Output { get; protected init; }

    /// <summary>Where the command's errors go; null when nobody wants them, as with a terminal.</summary>
    public Stream? Error { get; protected init; }

    /// <summary>The newest size of the client's terminal; null without a terminal.</summary>
    public ChannelReader<TerminalSize>? Sizes { get; protected init; }

    /// <summary>Cancelled when the client has gone.</summary>
    public abstract CancellationToken Gone { get; }

    /// <summary>
    /// Tells how the command ended, after everything that was written, and takes leave. Waits for the client to close
    /// until <paramref name="cancellation"/> comes.
    /// </summary>
    public abstract Task CompleteAsync(RemoteStatus status, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
