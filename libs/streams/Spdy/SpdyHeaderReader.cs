using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Kube.Streams.Spdy;

/// <summary>
/// Reads header blocks of SPDY/3: pieces of one zlib stream over the connection's life. The framework's inflater takes no
/// preset dictionary; but a dictionary is nothing else than what the window holds at the start, so a stored block
/// with its bytes goes in first and what comes out of that is dropped. For one thread at a time.
/// </summary>
internal sealed class SpdyHeaderReader : IDisposable
{
    /// <summary>Most bytes that one block may unfold to.</summary>
    public const int MaxBlockBytes = 64 * 1024;

    private const int MaxHeaders = 256;

    private readonly Feed _feed = new();
    private readonly DeflateStream _inflater;
    private bool _begun;

    public SpdyHeaderReader() => _inflater = new DeflateStream(_feed, CompressionMode.Decompress);

    /// <summary>The headers of a block; names in lower case, several values of one name as several pairs.</summary>
    /// <exception cref="SpdyException">The block is none, or is too large.</exception>
    public List<KeyValuePair<string, string>> Read(ReadOnlyMemory<byte> block)
    {
        try
        {
            return Parse(Unfold(block));
        }
        catch (InvalidDataException e)
        {
            throw new SpdyException("a header block is not compressed as it should be", e);
        }
    }

    public void Dispose() => _inflater.Dispose();

    private ReadOnlySpan<byte> Unfold(ReadOnlyMemory<byte> block)
    {
        if (!_begun)
        {
            block = Begin(block);
        }

        _feed.Add(block);
        var plain = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == plain.Length)
            {
                if (length >= MaxBlockBytes)
                {
                    throw new SpdyException($"a header block is larger than {MaxBlockBytes} bytes");
                }

                Array.Resize(ref plain, length * 2);
            }

            var read = _inflater.Read(plain, length, plain.Length - length);
            if (read == 0)
            {
                return plain.AsSpan(0, length);
            }

            length += read;
        }
    }

    /// <summary>Takes zlib's head off the first block and brings the window to where the dictionary leaves it.</summary>
    private ReadOnlyMemory<byte> Begin(ReadOnlyMemory<byte> block)
    {
        const int Head = 2;
        const byte PresetDictionary = 0x20;
        var head = block.Span;
        if (head.Length < Head || (head[0] & 0x0f) != 8 || BinaryPrimitives.ReadUInt16BigEndian(head) % 31 != 0)
        {
            throw new SpdyException("the first header block does not begin as a zlib stream");
        }

        _begun = true;
        if ((head[1] & PresetDictionary) == 0)
        {
            return block[Head..];
        }

        if (head.Length < Head + 4 || BinaryPrimitives.ReadUInt32BigEndian(head[Head..]) != SpdyDictionary.Checksum)
        {
            throw new SpdyException("the header blocks are compressed with an unknown dictionary");
        }

        var dictionary = SpdyDictionary.Bytes;
        var stored = new byte[5 + dictionary.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(1), (ushort)dictionary.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(3), (ushort)~dictionary.Length);
        dictionary.Span.CopyTo(stored.AsSpan(5));
        _feed.Add(stored);
        _inflater.ReadExactly(new byte[dictionary.Length]);
        return block[(Head + 4)..];
    }

    private static List<KeyValuePair<string, string>> Parse(ReadOnlySpan<byte> plain)
    {
        var count = Number(ref plain);
        if (count is < 0 or > MaxHeaders)
        {
            throw new SpdyException($"a header block has {count} headers");
        }

        var headers = new List<KeyValuePair<string, string>>(count);
        for (var i = 0; i < count; i++)
        {
            var name = Text(ref plain);
            foreach (var value in Text(ref plain).Split('\0'))
            {
                headers.Add(new(name.ToLowerInvariant(), value));
            }
        }

        return plain.IsEmpty ? headers : throw new SpdyException("a header block goes on after its last header");
    }

    private static string Text(ref ReadOnlySpan<byte> plain)
    {
        var length = Number(ref plain);
        if (length < 0 || length > plain.Length)
        {
            throw new SpdyException("a header is longer than its block");
        }

        var text = Encoding.UTF8.GetString(plain[..length]);
        plain = plain[length..];
        return text;
    }

    private static int Number(ref ReadOnlySpan<byte> plain)
    {
        if (plain.Length < 4)
        {
            throw new SpdyException("a header block ends too early");
        }

        var number = BinaryPrimitives.ReadInt32BigEndian(plain);
        plain = plain[4..];
        return number;
    }

    /// <summary>Gives the inflater what there is; an end that is none, as more may come with the next block.</summary>
    private sealed class Feed : Stream
    {
        private ReadOnlyMemory<byte> _bytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Add(ReadOnlyMemory<byte> bytes) => _bytes = _bytes.IsEmpty ? bytes : new byte[][] { _bytes.ToArray(), bytes.ToArray() }.SelectMany(b => b).ToArray();

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _bytes.Length);
            _bytes.Span[..count].CopyTo(buffer);
            _bytes = _bytes[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
