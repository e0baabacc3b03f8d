using System.Net;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

/// <summary>A request whose messages are written while the call runs.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamingContent() => Headers.TryAddWithoutValidation("Content-Type", Wire.Headers.ContentTypeGrpc);

    /// <summary>Where to write; cancelled when the call is over before there was a place.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the request.</summary>
    public void Complete() => _end.TrySetResult();

    /// <summary>Gives the request up, which resets the stream, unless it has ended.</summary>
    public void Abort()
    {
        _end.TrySetCanceled();
        _stream.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Without this the headers would wait for the first message, and the server might have to speak first.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (!_stream.TrySetResult(stream))
        {
            throw new IOException("A request stream that was opened before cannot be sent again.");
        }

        await _end.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
