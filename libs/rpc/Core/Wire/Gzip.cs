using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Kube.Rpc.Wire;

/// <summary>The one compression beside identity.</summary>
internal static class Gzip
{
    private const int ChunkSize = 16 * 1024;

    /// <summary>Appends the compressed bytes to <paramref name="output"/>.</summary>
    public static void Compress(ReadOnlyMemory<byte> input, PooledBufferWriter output, CompressionLevel level)
    {
        using var gzip = new GZipStream(new BufferWriterStream(output), level);
        gzip.Write(input.Span);
    }

    /// <summary>Appends the decompressed bytes to <paramref name="output"/>.</summary>
    /// <exception cref="RpcException">
    /// RESOURCE_EXHAUSTED: there are more than <paramref name="maxSize"/> bytes, of which no more than one chunk
    /// was decompressed beyond it. INTERNAL: the bytes are not gzip.
    /// </exception>
    public static void Decompress(in ReadOnlySequence<byte> input, PooledBufferWriter output, int maxSize)
    {
        try
        {
            using var gzip = new GZipStream(new SequenceStream(input), CompressionMode.Decompress);
            int read;
            while ((read = gzip.Read(output.GetSpan(ChunkSize)[..ChunkSize])) > 0)
            {
                output.Advance(read);
                if (output.WrittenCount > maxSize)
                {
                    throw new RpcException(new Status(
                        StatusCode.ResourceExhausted,
                        $"received message after decompression larger than max ({output.WrittenCount} vs. {maxSize})"));
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "failed to decompress a message: " + e.Message, e));
        }
    }

    private sealed class BufferWriterStream(PooledBufferWriter writer) : OneWayStream
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count) => writer.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(buffer);
    }

    private sealed class SequenceStream(ReadOnlySequence<byte> rest) : OneWayStream
    {
        private ReadOnlySequence<byte> _rest = rest;

        public override bool CanRead => true;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, _rest.Length);
            _rest.Slice(0, count).CopyTo(buffer);
            _rest = _rest.Slice(count);
            return count;
        }
    }

    private abstract class OneWayStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
