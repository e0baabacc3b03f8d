using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>
/// The received messages of a call, in order. One reader at a time. While nobody reads, HTTP/2 flow control stops
/// the sender, so a slow reader costs at most one stream window of memory.
/// </summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>
    /// Waits for the next message; false at the end of the stream. On a client, a status other than OK is thrown as
    /// <see cref="RpcException"/>. On a server, a call that was cancelled or whose deadline passed throws
    /// <see cref="OperationCanceledException"/>, a broken request <see cref="RpcException"/>.
    /// </summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

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
    /// <param name="cancellationToken">Ends the call when it fires while the write waits: half a message may be on the wire.</param>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }
}

/// <summary>Sends the requests of a call.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Closes the client's side of the call; nothing can be written after it.</summary>
    Task CompleteAsync();
}

/// <summary>
/// Sends the responses of a call. A write on a call that was cancelled throws <see cref="OperationCanceledException"/>.
/// </summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;

/// <summary>Reads a stream with <c>await foreach</c>.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>All messages that remain.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> streamReader,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        while (await streamReader.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            yield return streamReader.Current;
        }
    }

    /// <summary>Waits for the next message; false at the end of the stream.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }
}
