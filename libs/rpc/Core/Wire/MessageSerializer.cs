using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Kube.Rpc.Wire;

/// <summary>
/// Writes messages with their prefixes into an output that it does not own. A message of announced length that is
/// not compressed goes straight into the output; any other is collected in pooled memory first. One thread at a
/// time; one per call.
/// </summary>
internal sealed class MessageSerializer(int? maxMessageSize) : SerializationContext, IBufferWriter<byte>
{
    private IBufferWriter<byte>? _output;
    private PooledBufferWriter? _scratch;
    private Mode _mode;
    private bool _compress;
    private int _announced;
    private int _written;

    private enum Mode
    {
        Idle,
        Started,
        Announced,
        Direct,
        Collecting,
        Done,
    }

    /// <summary>Compresses messages with gzip at this level unless told otherwise per message; null: never.</summary>
    public CompressionLevel? Compression { get; set; }

    /// <summary>Set when an exception left part of a message in the output: nothing sensible can follow.</summary>
    public bool IsOutputTorn { get; set; }

    /// <summary>Writes one message; the result is the number of bytes put into the output.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the message is larger than allowed. Nothing was written.</exception>
    public int Write<T>(IBufferWriter<byte> output, T message, Action<T, SerializationContext> serializer, bool mayCompress)
    {
        _output = output;
        _compress = mayCompress && Compression is not null;
        _mode = Mode.Started;
        _written = 0;
        try
        {
            serializer(message, this);
            if (_mode != Mode.Done)
            {
                throw new InvalidOperationException("The serializer did not complete the message.");
            }

            return _written + Frame.PrefixSize;
        }
        catch when (_mode == Mode.Direct)
        {
            IsOutputTorn = true;
            throw;
        }
        finally
        {
            _mode = Mode.Idle;
            _output = null;
            _scratch?.Dispose();
            _scratch = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Expect(Mode.Started);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ThrowIfTooLarge(payloadLength);
        _announced = payloadLength;
        _mode = Mode.Announced;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        switch (_mode)
        {
            case Mode.Announced when !_compress:
                WritePrefix(isCompressed: false, _announced);
                _mode = Mode.Direct;
                return this;
            case Mode.Announced or Mode.Started:
                _scratch = new PooledBufferWriter();
                _mode = Mode.Collecting;
                return _scratch;
            case Mode.Direct:
                return this;
            case Mode.Collecting:
                return _scratch!;
            default:
                throw new InvalidOperationException("The message has been completed.");
        }
    }

    public override void Complete()
    {
        switch (_mode)
        {
            case Mode.Direct when _written != _announced:
                throw new InvalidOperationException(
                    $"The serializer announced {_announced} bytes and wrote {_written}.");
            case Mode.Direct:
                break;
            case Mode.Announced when _announced != 0:
                throw new InvalidOperationException($"The serializer announced {_announced} bytes and wrote none.");
            case Mode.Collecting:
                WriteCollected(_scratch!.WrittenMemory);
                break;
            case Mode.Announced or Mode.Started:
                WriteCollected(default);
                break;
            default:
                throw new InvalidOperationException("The message has been completed.");
        }

        _mode = Mode.Done;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (_mode is not (Mode.Started or Mode.Announced))
        {
            throw new InvalidOperationException("The message has been written or completed.");
        }

        WriteCollected(payload);
        _mode = Mode.Done;
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        Expect(Mode.Direct);
        _written += count;
        if (_written > _announced)
        {
            throw new InvalidOperationException($"The serializer announced {_announced} bytes and wrote {_written}.");
        }

        _output!.Advance(count);
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Expect(Mode.Direct);
        return _output!.GetMemory(sizeHint);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Expect(Mode.Direct);
        return _output!.GetSpan(sizeHint);
    }

    private void WriteCollected(ReadOnlyMemory<byte> payload)
    {
        ThrowIfTooLarge(payload.Length);
        if (!_compress)
        {
            WritePrefix(isCompressed: false, payload.Length);
            _output!.Write(payload.Span);
            _written = payload.Length;
            return;
        }

        using var compressed = new PooledBufferWriter();
        Gzip.Compress(payload, compressed, Compression!.Value);
        WritePrefix(isCompressed: true, compressed.WrittenCount);
        _output!.Write(compressed.WrittenMemory.Span);
        _written = compressed.WrittenCount;
    }

    private void WritePrefix(bool isCompressed, int length)
    {
        Frame.Write(_output!.GetSpan(Frame.PrefixSize), isCompressed, length);
        _output.Advance(Frame.PrefixSize);
    }

    private void Expect(Mode mode)
    {
        if (_mode != mode)
        {
            throw new InvalidOperationException("The serialization context is used out of order or after its message.");
        }
    }

    private void ThrowIfTooLarge(int size)
    {
        if (size > maxMessageSize)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"trying to send message larger than max ({size} vs. {maxMessageSize})"));
        }
    }
}
