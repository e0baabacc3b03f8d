using System.Buffers.Binary;
using Kube.Base;

namespace Kube.ApiServer.Registry;

/// <summary>Makes uids and name suffixes from a seeded generator. Thread-safe.</summary>
public sealed class IdentifierSource(Prng random)
{
    /// <summary>No vowels and no digits that look like them, so that no suffix spells a word.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private const int MaxNameLength = 63;

    private readonly Lock _lock = new();

    /// <summary>A version 4 UUID (RFC 9562).</summary>
    public string NextUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_lock)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, random.NextUInt64());
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], random.NextUInt64());
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>A name from a generateName base: the base, cut so that the name fits a label, and five characters.</summary>
    public string NextName(string generateName)
    {
        var length = Math.Min(generateName.Length, MaxNameLength - SuffixLength);
        Span<char> suffix = stackalloc char[SuffixLength];
        lock (_lock)
        {
            foreach (ref var character in suffix)
            {
                character = Alphabet[random.Next(Alphabet.Length)];
            }
        }

        return string.Concat(generateName.AsSpan(0, length), suffix);
    }

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>).</summary>
    public int Next(int exclusiveMax)
    {
        lock (_lock)
        {
            return random.Next(exclusiveMax);
        }
    }
}
