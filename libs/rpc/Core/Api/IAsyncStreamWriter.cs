namespace Grpc.Core;

/// <summary>Sends the messages of a call, in order. One write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Options of the messages that follow; null means <see cref="WriteOptions.Default"/>.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>
    /// Sends a message. The task completes when the transport has taken the bytes, which waits while the peer reads
    /// too slowly. The message is serialized before the first wait and may be reused then.
    /// </summary>
    Task WriteAsync(T message);

    /// <inheritdoc cref="WriteAsync(T)"/>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// Ends the wait. On a client it cancels the call, since half a message may be on the wire; on a server the
    /// message stays in the output and leaves with the next.
    /// </param>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }
}
