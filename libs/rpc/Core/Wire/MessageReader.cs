using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;

namespace Kube.Rpc.Wire;

/// <summary>
/// Reads messages off a pipe that it does not own. A message is checked against the size limit when its prefix is
/// there, before its bytes are; it is parsed where the pipe holds it, and the pipe has its memory back before the
/// message is handed on. One read at a time; one reader per call.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, int? maxMessageSize, bool isGzip, Action<int>? onMessage = null) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => checked((int)_payload.Length);

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>
    /// The next message; not found at the end of the stream. <see cref="PipeReader.CancelPendingRead"/> makes it end
    /// with <see cref="OperationCanceledException"/> when <paramref name="reader"/>'s token has fired.
    /// </summary>
    /// <exception cref="RpcException">
    /// RESOURCE_EXHAUSTED: the message is larger than allowed. INTERNAL: the stream breaks off inside a message, or the
    /// framing or the compression is wrong.
    /// </exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Result<T>> ReadAsync<T>(
        Func<DeserializationContext, T> deserializer, CancellationToken transportToken, CancellationToken reader)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(transportToken).ConfigureAwait(false);
            if (TryParse(result, deserializer, out var message))
            {
                return message;
            }

            if (result.IsCanceled)
            {
                reader.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Waits for the end of the stream.</summary>
    /// <exception cref="RpcException">INTERNAL: there is something before it.</exception>
    public async ValueTask ReadEndAsync(CancellationToken transportToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(transportToken).ConfigureAwait(false);
            var isEmpty = result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.End);
            if (!isEmpty)
            {
                throw new RpcException(new Status(StatusCode.Internal, "more than one message where one was expected"));
            }

            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private bool TryParse<T>(in ReadResult result, Func<DeserializationContext, T> deserializer, out Result<T> message)
    {
        var buffer = result.Buffer;
        var consumed = buffer.Start;
        message = default;
        try
        {
            if (TryFrame(buffer, out var frame, out var payload))
            {
                message = new Result<T>(Parse(frame, payload, deserializer));
                consumed = payload.End;
                onMessage?.Invoke((int)payload.Length);
                return true;
            }

            if (!result.IsCompleted)
            {
                return false;
            }

            if (!buffer.IsEmpty)
            {
                throw new RpcException(new Status(StatusCode.Internal, "the stream ended inside a message"));
            }

            return true;
        }
        catch (MalformedFrameException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, e.Message));
        }
        finally
        {
            // Nothing of an incomplete message is consumed, all of it is examined, so the pipe waits for more.
            pipe.AdvanceTo(consumed, message.IsFound ? consumed : buffer.End);
        }
    }

    private bool TryFrame(in ReadOnlySequence<byte> buffer, out Frame frame, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (!Frame.TryRead(buffer, out frame))
        {
            return false;
        }

        if (frame.Length > (uint)(maxMessageSize ?? int.MaxValue))
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"received message larger than max ({frame.Length} vs. {maxMessageSize ?? int.MaxValue})"));
        }

        if (buffer.Length - Frame.PrefixSize < frame.Length)
        {
            return false;
        }

        payload = buffer.Slice(Frame.PrefixSize, frame.Length);
        return true;
    }

    private T Parse<T>(Frame frame, in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        if (!frame.IsCompressed)
        {
            return Deserialize(payload, deserializer);
        }

        if (!isGzip)
        {
            throw new RpcException(new Status(
                StatusCode.Internal, "a message has its compressed flag set, but no compression was agreed on"));
        }

        using var plain = new PooledBufferWriter();
        Gzip.Decompress(payload, plain, maxMessageSize ?? int.MaxValue);
        return Deserialize(new ReadOnlySequence<byte>(plain.WrittenMemory), deserializer);
    }

    private T Deserialize<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        _payload = payload;
        try
        {
            return deserializer(this);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "failed to parse a message: " + e.Message, e));
        }
        finally
        {
            _payload = default;
        }
    }

    /// <summary>A message, or the end of the stream.</summary>
    public readonly struct Result<T>(T message)
    {
        /// <summary>Whether there is a message.</summary>
        [MemberNotNullWhen(true, nameof(Message))]
        public bool IsFound { get; } = true;

        public T? Message { get; } = message;
    }
}
