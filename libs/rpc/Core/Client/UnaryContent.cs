using System.Net;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

/// <summary>
/// A request of one message, in pooled memory that goes back when the content is disposed and no write uses it. It
/// may be sent again, as the handler does when a connection closes before it took the request.
/// </summary>
internal sealed class UnaryContent : HttpContent
{
    private int _users = 1;
    private int _isDisposed;

    public UnaryContent() => Headers.TryAddWithoutValidation("Content-Type", Wire.Headers.ContentTypeGrpc);

    /// <summary>Takes the message, with its prefix, before the content is sent.</summary>
    public PooledBufferWriter Buffer { get; } = new();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!TryUse())
        {
            throw new ObjectDisposedException(nameof(UnaryContent));
        }

        try
        {
            await stream.WriteAsync(Buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        // A length would travel as content-length, which gRPC does without.
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            LetGo();
        }

        base.Dispose(disposing);
    }

    private bool TryUse()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Buffer.Dispose();
        }
    }
}
