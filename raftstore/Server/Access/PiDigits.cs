using System.Numerics;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// The fraction of pi in binary, which is what Blowfish's tables begin as (Schneier 1993). Computed by Machin's
/// formula rather than kept as a table of a thousand numbers that nobody can check by eye.
/// </summary>
internal static class PiDigits
{
    private const int GuardBits = 64;

    /// <summary>The first bits after the point, in words of 32.</summary>
    public static uint[] Words(int count)
    {
        var bits = (count * 32) + GuardBits;
        var pi = (16 * ArctanOfInverse(5, bits)) - (4 * ArctanOfInverse(239, bits));
        var fraction = (pi - (new BigInteger(3) << bits)) >> GuardBits;
        var bytes = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[count * 4];
        bytes.CopyTo(padded, padded.Length - bytes.Length);
        var words = new uint[count];
        for (var i = 0; i < count; i++)
        {
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i * 4));
        }
        return words;
    }

    private static BigInteger ArctanOfInverse(int x, int bits)
    {
        var power = (BigInteger.One << bits) / x;
        var sum = power;
        for (var n = 3; !power.IsZero; n += 2)
        {
            power /= x * x;
            sum += n % 4 == 3 ? -(power / n) : power / n;
        }
        return sum;
    }
}
