using System.Text;

namespace Kube.Load.Http2;

/// <summary>One REST request.</summary>
/// <param name="ContentType">Media type of the body; null for none.</param>
internal readonly record struct RestCall(string Method, string Path, string? ContentType = null, byte[]? Body = null);

/// <summary>REST calls over TLS, each with its own method, path and body; any status from 200 to 299 is an answer.</summary>
/// <param name="total">How many calls there are.</param>
/// <param name="call">Gives a call by its number; asked twice for each call.</param>
internal class RestCalls(int total, Func<int, RestCall> call) : CallSource(total)
{
    private long _receivedBytes;

    /// <summary>Bytes of all answers' bodies so far.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    public override ReadOnlySpan<byte> Headers(int index, string authority, bool isFirst)
    {
        // Fields without indexing, by the names' numbers in the static table: what the server decodes is the same for every call.
        var (method, path, contentType, body) = call(index);
        var block = new HeaderBlock(256 + path.Length);
        block.Add(2, method);
        block.AddKnown(7);
        block.Add(4, path);
        block.Add(1, authority);
        block.Add(19, "application/json");
        if (contentType is not null)
        {
            block.Add(31, contentType);
            block.Add(28, body!.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return block.Written;
    }

    public override ReadOnlySpan<byte> Body(int index) => call(index).Body;

    public override bool IsAnswer(int status, bool hasBody) => status is >= 200 and < 300;

    public override void Received(int index, ReadOnlySpan<byte> payload) => Interlocked.Add(ref _receivedBytes, payload.Length);

    /// <summary>Literal fields without Huffman coding (RFC 7541, 6.2.2).</summary>
    private ref struct HeaderBlock(int sizeBytes)
    {
        private readonly byte[] _bytes = new byte[sizeBytes];
        private int _count;

        public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

        public void AddKnown(int index) => _bytes[_count++] = (byte)(0x80 | index);

        public void Add(int nameIndex, string value)
        {
            AddInteger(nameIndex, 4);
            AddInteger(value.Length, 7);
            _count += Encoding.ASCII.GetBytes(value, _bytes.AsSpan(_count));
        }

        /// <summary>An integer with a prefix of so many bits (RFC 7541, 5.1).</summary>
        private void AddInteger(int value, int prefixBits)
        {
            var limit = (1 << prefixBits) - 1;
            if (value < limit)
            {
                _bytes[_count++] = (byte)value;
                return;
            }

            _bytes[_count++] = (byte)limit;
            for (value -= limit; value >= 128; value >>= 7)
            {
                _bytes[_count++] = (byte)(value & 127 | 128);
            }

            _bytes[_count++] = (byte)value;
        }
    }
}
