using System.Buffers.Binary;
using System.Text;

namespace Kube.Load.Http2;

/// <summary>Unary gRPC calls. A server sends no message with a status other than OK, so a message is an answer.</summary>
/// <param name="paths">The methods: /package.Service/Method.</param>
/// <param name="total">How many calls there are.</param>
/// <param name="call">Gives a call's method, as its place among them, and its request, in memory that is good until the thread's next one.</param>
internal sealed class GrpcCalls(IReadOnlyList<string> paths, int total, Func<int, (int Path, ReadOnlyMemory<byte> Message)> call) : CallSource(total)
{
    private const int PrefixBytes = 5;

    private readonly ThreadLocal<byte[]> _body = new(() => new byte[512]);

    /// <summary>
    /// The first call's fields go into the server's table, all others' are references into it; where there is more than one method, each
    /// call spells its own out.
    /// </summary>
    public override ReadOnlySpan<byte> Headers(int index, string authority, bool isFirst)
    {
        if (!isFirst && paths.Count == 1)
        {
            return [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE];
        }

        var path = Encoding.ASCII.GetBytes(paths.Count == 1 ? paths[0] : paths[call(index).Path]);
        byte[] method = [0x83, 0x86, paths.Count == 1 ? (byte)0x44 : (byte)0x04, (byte)path.Length, .. path];
        if (!isFirst)
        {
            return (byte[])[.. method, 0xC0, 0xBF, 0xBE];
        }

        var authorityBytes = Encoding.ASCII.GetBytes(authority);
        byte[] block =
        [
            .. method, 0x41, (byte)authorityBytes.Length, .. authorityBytes,
            0x5F, 16, .. "application/grpc"u8, 0x40, 2, .. "te"u8, 8, .. "trailers"u8,
        ];
        return block;
    }

    public override ReadOnlySpan<byte> Body(int index)
    {
        var request = call(index).Message.Span;
        if (_body.Value!.Length < request.Length + PrefixBytes)
        {
            _body.Value = new byte[request.Length + PrefixBytes];
        }

        var body = _body.Value;
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), request.Length);
        request.CopyTo(body.AsSpan(PrefixBytes));
        return body.AsSpan(0, request.Length + PrefixBytes);
    }

    public override bool IsAnswer(int status, bool hasBody) => hasBody;
}
