using System.Globalization;
using System.Text;

namespace Kube.Cel.Libraries;

/// <summary>An IP address, IPv4 or IPv6 without a zone. Pure.</summary>
/// <param name="Bits">The address; an IPv4 one in the lowest 32 bits.</param>
/// <param name="IsV4">True for IPv4.</param>
internal readonly record struct IpAddress(UInt128 Bits, bool IsV4)
{
    /// <summary>32 or 128.</summary>
    public int Width => IsV4 ? 32 : 128;

    public bool IsUnspecified => Bits == 0;

    public bool IsLoopback => IsV4 ? Bits >> 24 == 127 : Bits == 1;

    public bool IsMulticast => IsV4 ? Bits >> 28 == 0xE : Bits >> 120 == 0xFF;

    public bool IsLinkLocalMulticast => IsV4 ? Bits >> 8 == 0xE00000 : Bits >> 112 is var top && (top & 0xFF0F) == 0xFF02;

    public bool IsLinkLocalUnicast => IsV4 ? Bits >> 16 == 0xA9FE : Bits >> 118 == 0x3FA;

    public bool IsGlobalUnicast => !IsUnspecified && !(IsV4 && Bits == uint.MaxValue) && !IsLoopback && !IsMulticast && !IsLinkLocalUnicast;

    /// <summary>The address with the bits after a prefix nought.</summary>
    public IpAddress Masked(int prefix)
    {
        var low = Width - prefix;
        return this with { Bits = low >= 128 ? 0 : Bits >> low << low };
    }

    /// <summary>The address, or why the text is none, in Go's words where they are short.</summary>
    public static (IpAddress? Address, string Fault) Parse(string text)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '.':
                    return ParseV4(text) is { } v4 ? (new IpAddress(v4, true), "") : (null, $"ParseAddr(\"{text}\"): invalid IPv4 address");
                case ':':
                    return ParseV6(text);
                case '%':
                    return (null, $"ParseAddr(\"{text}\"): missing IPv6 address");
            }
        }

        return (null, $"ParseAddr(\"{text}\"): unable to parse IP");
    }

    /// <summary>The form of RFC 5952.</summary>
    public override string ToString()
    {
        if (IsV4)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{(byte)(Bits >> 24)}.{(byte)(Bits >> 16)}.{(byte)(Bits >> 8)}.{(byte)Bits}");
        }

        var (start, length) = LongestZeros();
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == start && length > 1)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(CultureInfo.InvariantCulture, $"{Group(i):x}");
        }

        return text.ToString();
    }

    private ushort Group(int index) => (ushort)(Bits >> (112 - (index * 16)));

    private (int Start, int Length) LongestZeros()
    {
        var best = (Start: -1, Length: 0);
        for (var i = 0; i < 8;)
        {
            var end = i;
            while (end < 8 && Group(end) == 0)
            {
                end++;
            }

            if (end - i > best.Length)
            {
                best = (i, end - i);
            }

            i = Math.Max(end, i + 1);
        }

        return best;
    }

    private static uint? ParseV4(ReadOnlySpan<char> text)
    {
        uint address = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0') || int.Parse(part, CultureInfo.InvariantCulture) is var value && value > 255)
            {
                return null;
            }

            address = (address << 8) | uint.Parse(part, CultureInfo.InvariantCulture);
            parts++;
        }

        return parts == 4 ? address : null;
    }

    private static (IpAddress? Address, string Fault) ParseV6(string text)
    {
        var fault = $"ParseAddr(\"{text}\"): unable to parse IP";
        if (text.Contains('%', StringComparison.Ordinal))
        {
            return (null, $"IP address \"{text}\" with zone value is not allowed");
        }

        var gap = text.IndexOf("::", StringComparison.Ordinal);
        var head = Groups(gap < 0 ? text : text[..gap], mayEndInV4: gap < 0);
        var tail = gap < 0 ? [] : Groups(text[(gap + 2)..], mayEndInV4: true);
        if (head is null || tail is null || (gap < 0 ? head.Count != 8 : head.Count + tail.Count > 7))
        {
            return (null, fault);
        }

        UInt128 bits = 0;
        for (var i = 0; i < 8; i++)
        {
            var group = i < head.Count ? head[i] : i >= 8 - tail.Count ? tail[i - (8 - tail.Count)] : (ushort)0;
            bits = (bits << 16) | group;
        }

        return bits >> 32 == 0xFFFF
            ? (null, $"IPv4-mapped IPv6 address \"{text}\" is not allowed")
            : (new IpAddress(bits, false), "");
    }

    private static List<ushort>? Groups(string text, bool mayEndInV4)
    {
        var groups = new List<ushort>();
        if (text.Length == 0)
        {
            return groups;
        }

        var parts = text.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (i == parts.Length - 1 && mayEndInV4 && part.Contains('.', StringComparison.Ordinal))
            {
                if (ParseV4(part) is not { } v4)
                {
                    return null;
                }

                groups.Add((ushort)(v4 >> 16));
                groups.Add((ushort)v4);
            }
            else if (part.Length is 0 or > 4 || !ushort.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
            {
                return null;
            }
            else
            {
                groups.Add(group);
            }
        }

        return groups;
    }
}
