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
