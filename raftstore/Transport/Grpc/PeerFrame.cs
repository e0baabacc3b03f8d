using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>
/// How messages stand on the stream between two members: eight bytes that no HTTP begins with, then frames of a length (four bytes,
/// little-endian) and a message of raft.proto.
/// </summary>
internal static class PeerFrame
{
    private const int HeadBytes = 4;

    /// <summary>What a caller sends first.</summary>
    public static ReadOnlySpan<byte> Preface => "KUBERAFT"u8;

    /// <summary>Appends a frame to a buffer.</summary>
    public static void Write(ArrayBufferWriter<byte> output, IMessage message)
    {
        var size = message.CalculateSize();
        var frame = output.GetSpan(HeadBytes + size)[..(HeadBytes + size)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, size);
        message.WriteTo(frame[HeadBytes..]);
        output.Advance(frame.Length);
    }

    /// <summary>Takes a whole frame off the front.</summary>
    /// <exception cref="FormatException">It is longer than any member's.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (input.Length < HeadBytes)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        input.Slice(0, HeadBytes).CopyTo(head);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (size > GrpcTransportOptions.MaxMessageBytes)
        {
            throw new FormatException($"a frame of {size} bytes");
        }

        if (input.Length < HeadBytes + size)
        {
            return false;
        }

        message = input.Slice(HeadBytes, size);
        input = input.Slice(HeadBytes + size);
        return true;
    }

    /// <summary>Waits for one frame.</summary>
    /// <exception cref="IOException">The stream ended.</exception>
    public static async Task<T> ReadAsync<T>(PipeReader input, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = read.Buffer;
            if (TryRead(ref rest, out var payload))
            {
                var message = parser.ParseFrom(payload);
                input.AdvanceTo(rest.Start);
                return message;
            }

            input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                throw new IOException("the peer ended the stream");
            }
        }
    }
}
