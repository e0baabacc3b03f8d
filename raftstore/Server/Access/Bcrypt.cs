using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999), as etcd hashes passwords: so users move
/// between etcd and the store with their passwords. Slow by intent; not to be called with a lock held.
/// </summary>
public static class Bcrypt
{
    /// <summary>Least, greatest and usual binary logarithm of the rounds.</summary>
    public const int MinCost = 4;
    public const int MaxCost = 31;
    public const int DefaultCost = 10;

    private const int Rounds = 16;
    private const int SaltBytes = 16;
    private const int HashBytes = 23;
    private const int HashTextLength = 60;
    private const int MaxPasswordBytes = 72;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly Lazy<uint[]> s_pi = new(static () => PiDigits.Words(Rounds + 2 + (4 * 256)));

    /// <summary>Hashes a password with a new salt.</summary>
    /// <returns>The usual text form, 60 characters: $2a$, cost, salt, hash.</returns>
    public static string Hash(string password, int cost) => Hash(password, RandomNumberGenerator.GetBytes(SaltBytes), cost);

    /// <summary>True when the password is the one hashed. False too when the hash is malformed.</summary>
    public static bool Verify(string password, string hash)
    {
        if (hash.Length != HashTextLength || hash[0] != '$' || hash[1] != '2' || hash[3] != '$' || hash[6] != '$'
            || !int.TryParse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost)
            || cost is < MinCost or > MaxCost
            || !TryDecode(hash.AsSpan(7, 22), SaltBytes, out var salt))
        {
            return false;
        }
        var expected = Hash(password, salt, cost);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected[7..]), Encoding.ASCII.GetBytes(hash[7..]));
    }

    private static string Hash(string password, byte[] salt, int cost)
    {
        var key = new byte[Math.Min(Encoding.UTF8.GetByteCount(password) + 1, MaxPasswordBytes)];
        Encoding.UTF8.GetBytes(password).AsSpan(0, Math.Min(Encoding.UTF8.GetByteCount(password), key.Length)).CopyTo(key);
        var cipher = new Cipher(s_pi.Value);
        cipher.Expand(key, salt);
        for (var round = 1UL << cost; round > 0; round--)
        {
            cipher.Expand(key, []);
            cipher.Expand(salt, []);
        }
        var text = "OrpheanBeholderScryDoubt"u8.ToArray();
        for (var block = 0; block < text.Length; block += 8)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(text.AsSpan(block));
            var right = BinaryPrimitives.ReadUInt32BigEndian(text.AsSpan(block + 4));
            for (var i = 0; i < 64; i++)
            {
                cipher.Encrypt(ref left, ref right);
            }
            BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(block), left);
            BinaryPrimitives.WriteUInt32BigEndian(text.AsSpan(block + 4), right);
        }
        return string.Create(CultureInfo.InvariantCulture, $"$2a${cost:D2}${Encode(salt)}{Encode(text.AsSpan(0, HashBytes))}");
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 6)
        {
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text.Append(Alphabet[(pair >> (10 - (bit % 8))) & 63]);
        }
        return text.ToString();
    }

    private static bool TryDecode(ReadOnlySpan<char> text, int count, out byte[] bytes)
    {
        bytes = new byte[count + 1];
        for (var i = 0; i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }
            var bit = i * 6;
            var pair = value << (10 - (bit % 8));
            bytes[bit / 8] |= (byte)(pair >> 8);
            if (bit / 8 + 1 < bytes.Length)
            {
                bytes[(bit / 8) + 1] |= (byte)pair;
            }
        }
        bytes = bytes[..count];
        return true;
    }

    /// <summary>Blowfish with bcrypt's key schedule.</summary>
    private sealed class Cipher(uint[] pi)
    {
        private readonly uint[] _p = pi[..(Rounds + 2)];
        private readonly uint[] _s = pi[(Rounds + 2)..];

        /// <summary>Mixes a key in, and a salt if there is one.</summary>
        public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
        {
            var at = 0;
            for (var i = 0; i < _p.Length; i++)
            {
                _p[i] ^= NextWord(key, ref at);
            }
            uint left = 0, right = 0;
            at = 0;
            Fill(_p, salt, ref at, ref left, ref right);
            Fill(_s, salt, ref at, ref left, ref right);
        }

        public void Encrypt(ref uint left, ref uint right)
        {
            uint[] p = _p, s = _s;
            uint l = left, r = right;
            for (var i = 0; i < Rounds; i += 2)
            {
                l ^= p[i];
                r ^= ((s[l >> 24] + s[256 + ((l >> 16) & 255)]) ^ s[512 + ((l >> 8) & 255)]) + s[768 + (l & 255)];
                r ^= p[i + 1];
                l ^= ((s[r >> 24] + s[256 + ((r >> 16) & 255)]) ^ s[512 + ((r >> 8) & 255)]) + s[768 + (r & 255)];
            }
            (left, right) = (r ^ p[Rounds + 1], l ^ p[Rounds]);
        }

        private void Fill(uint[] table, ReadOnlySpan<byte> salt, ref int at, ref uint left, ref uint right)
        {
            for (var i = 0; i < table.Length; i += 2)
            {
                if (!salt.IsEmpty)
                {
                    left ^= NextWord(salt, ref at);
                    right ^= NextWord(salt, ref at);
                }
                Encrypt(ref left, ref right);
                (table[i], table[i + 1]) = (left, right);
            }
        }

        private static uint NextWord(ReadOnlySpan<byte> bytes, ref int at)
        {
            uint word = 0;
            for (var i = 0; i < 4; i++)
            {
                word = (word << 8) | bytes[at];
                at = at + 1 == bytes.Length ? 0 : at + 1;
            }
            return word;
        }
    }
}
