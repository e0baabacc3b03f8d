using System.Buffers.Binary;
using System.Text;

namespace Kube.Load.Http2;

/// <summary>Unary gRPC calls of one method. A server sends no message with a status other than OK, so a message is an answer.</summary>
/// <param name="path">The method: /package.Service/Method.</param>
/// <param name="total">How many calls there are.</param>
/// <param name="maxMessageBytes">Bytes of the largest request.</param>
/// <param name="message">Gives the request of a call, in memory that is good until the thread's next one.</param>
internal sealed class GrpcCalls(string path, int total, int maxMessageBytes, Func<int, byte[]> message) : CallSource(total)
{
    private const int PrefixBytes = 5;

    private readonly ThreadLocal<byte[]> _body = new(() => new byte[maxMessageBytes + PrefixBytes]);

    public override int MaxBodyBytes => maxMessageBytes + PrefixBytes;

    /// <summary>The first call's fields go into the server's table, all others' are references into it.</summary>
    public override ReadOnlySpan<byte> Headers(int index, string authority, bool isFirst)
    {
        if (!isFirst)
        {
            return [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE];
        }

        var (pathBytes, authorityBytes) = (Encoding.ASCII.GetBytes(path), Encoding.ASCII.GetBytes(authority));
        byte[] block =
        [
            0x83, 0x86, 0x44, (byte)pathBytes.Length, .. pathBytes, 0x41, (byte)authorityBytes.Length, .. authorityBytes,
            0x5F, 16, .. "application/grpc"u8, 0x40, 2, .. "te"u8, 8, .. "trailers"u8,
        ];
        return block;
    }

    public override ReadOnlySpan<byte> Body(int index)
    {
        var request = message(index);
        var body = _body.Value!;
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), request.Length);
        request.CopyTo(body.AsSpan(PrefixBytes));
        return body.AsSpan(0, request.Length + PrefixBytes);
    }

    public override bool IsAnswer(int status, bool hasBody) => hasBody;
}
