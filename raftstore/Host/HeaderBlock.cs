namespace Kube.RaftStore.Host;

/// <summary>The header block of an HTTP/2 HEADERS frame, as far as needed to exchange a URL that stands as :authority.</summary>
internal static class HeaderBlock
{
    private const byte Padded = 0x08;
    private const byte EndHeaders = 0x04;
    private const byte Priority = 0x20;
    private const byte HuffmanCoded = 0x80;

    /// <summary>Index of :authority in HPACK's static table.</summary>
    private const int AuthorityIndex = 1;

    private static ReadOnlySpan<byte> Replacement => "localhost"u8;

    /// <summary>"http:" and "https:" in HPACK's Huffman code (RFC 7541, appendix B), left-aligned, with their bits.</summary>
    private static readonly (ulong Code, int Bits)[] s_schemes = [Encode(false), Encode(true)];

    /// <summary>The payload with a plain host in place of a URL; null when it holds none, or cannot be read.</summary>
    /// <param name="payload">Payload of the frame.</param>
    /// <param name="flags">Flags of the frame. One that is padded, has a priority or goes on in another is left alone.</param>
    public static byte[]? WithoutUrlAuthority(ReadOnlySpan<byte> payload, byte flags)
    {
        if ((flags & (Padded | Priority)) != 0 || (flags & EndHeaders) == 0)
        {
            return null;
        }
        var at = 0;
        while (at < payload.Length)
        {
            var first = payload[at];
            if ((first & 0x80) != 0)
            {
                if (!TrySkipInteger(payload, ref at, 7, out _))
                {
                    return null;
                }
                continue;
            }
            if ((first & 0xE0) == 0x20)
            {
                if (!TrySkipInteger(payload, ref at, 5, out _))
                {
                    return null;
                }
                continue;
            }
            if (!TrySkipInteger(payload, ref at, (first & 0x40) != 0 ? 6 : 4, out var nameIndex)
                || (nameIndex == 0 && !TrySkipString(payload, ref at, out _)))
            {
                return null;
            }
            var valueAt = at;
            if (!TrySkipString(payload, ref at, out var value))
            {
                return null;
            }
            if (nameIndex == AuthorityIndex && IsUrl(value, (payload[valueAt] & HuffmanCoded) != 0))
            {
                return [.. payload[..valueAt], (byte)Replacement.Length, .. Replacement, .. payload[at..]];
            }
        }
        return null;
    }

    private static bool IsUrl(ReadOnlySpan<byte> value, bool isHuffmanCoded)
    {
        if (!isHuffmanCoded)
        {
            return value.StartsWith("http:"u8) || value.StartsWith("https:"u8);
        }
        ulong head = 0;
        for (var i = 0; i < 8; i++)
        {
            head = (head << 8) | (i < value.Length ? value[i] : (byte)0xFF);
        }
        foreach (var (code, bits) in s_schemes)
        {
            if (head >> (64 - bits) == code)
            {
                return true;
            }
        }
        return false;
    }

    private static (ulong Code, int Bits) Encode(bool isHttps)
    {
        // h, t, t, p, (s), colon
        (uint Code, int Bits)[] symbols = [(0b100111, 6), (0b01001, 5), (0b01001, 5), (0b101011, 6), (0b01000, 5), (0b1011100, 7)];
        (ulong Code, int Bits) result = default;
        for (var i = 0; i < symbols.Length; i++)
        {
            if (i != 4 || isHttps)
            {
                result = ((result.Code << symbols[i].Bits) | symbols[i].Code, result.Bits + symbols[i].Bits);
            }
        }
        return result;
    }

    private static bool TrySkipString(ReadOnlySpan<byte> block, ref int at, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (at >= block.Length || !TrySkipInteger(block, ref at, 7, out var length) || length > block.Length - at)
        {
            return false;
        }
        value = block.Slice(at, length);
        at += length;
        return true;
    }

    /// <summary>Reads an integer with an n-bit prefix (RFC 7541, 5.1).</summary>
    private static bool TrySkipInteger(ReadOnlySpan<byte> block, ref int at, int prefixBits, out int value)
    {
        var mask = (1 << prefixBits) - 1;
        value = block[at++] & mask;
        if (value < mask)
        {
            return true;
        }
        for (var shift = 0; at < block.Length && shift <= 14; shift += 7)
        {
            var next = block[at++];
            value += (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }
        return false;
    }
}
