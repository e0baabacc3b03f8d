using System.Buffers;
using Grpc.Core;
using Kube.Base;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Server;

internal sealed partial class ServerCall
{
    /// <summary>Bytes that may wait unflushed.</summary>
    private const int MaxUnflushedBytes = 64 * 1024;

    /// <summary>Whether the one response of the call was written already.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>
    /// Writes the one response of a call without response streaming, no faster than the client takes it.
    /// </summary>
    /// <param name="parts">The response.</param>
    /// <param name="stallLimit">The time within which the client must take a part.</param>
    /// <returns>False, with nothing written, when responses are compressed.</returns>
    /// <exception cref="OperationCanceledException">The client is gone, or took nothing in time: the response is torn.</exception>
    public async ValueTask<bool> TryWriteInPartsAsync(IMessageParts parts, TimeSpan stallLimit)
    {
        PrepareHeaders(metadata: null);
        if (Serializer.Compression is not null)
        {
            return false;
        }

        if (parts.LengthBytes > (_options.MaxSendMessageSize ?? int.MaxValue))
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"trying to send message larger than max ({parts.LengthBytes} vs. {_options.MaxSendMessageSize ?? int.MaxValue})"));
        }

        var output = new CountingWriter(HttpContext.Response.BodyWriter);
        Frame.Write(output.GetSpan(Frame.PrefixSize), isCompressed: false, (int)parts.LengthBytes);
        output.Advance(Frame.PrefixSize);
        (_hasWritten, IsAnswered) = (true, true);
        Serializer.IsOutputTorn = true;
        try
        {
            using var stall = new CancellationTokenSource(stallLimit, _services.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, _token);
            while (parts.TryWriteNext(output))
            {
                if (output.Unflushed >= MaxUnflushedBytes)
                {
                    stall.CancelAfter(stallLimit);
                    await FlushAsync(output, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (IsConnectionLoss(e))
        {
            throw new OperationCanceledException("The client is gone.", e, _token);
        }

        Invariant.Check(output.Written - Frame.PrefixSize == parts.LengthBytes, $"{output.Written} bytes written of a message of {parts.LengthBytes}");
        Serializer.IsOutputTorn = false;
        _metrics.OnSent((int)parts.LengthBytes);
        return true;
    }

    private async ValueTask FlushAsync(CountingWriter output, CancellationToken cancellationToken)
    {
        output.Unflushed = 0;
        var result = await HttpContext.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("The client is gone.", _token);
        }
    }

    private sealed class CountingWriter(IBufferWriter<byte> output) : IBufferWriter<byte>
    {
        public long Written { get; private set; }

        public int Unflushed { get; set; }

        public void Advance(int count)
        {
            // Protobuf begins a message with an advance by nothing, which Kestrel takes for one of memory that a flush has made void.
            if (count == 0)
            {
                return;
            }

            output.Advance(count);
            Written += count;
            Unflushed += count;
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);
    }
}
