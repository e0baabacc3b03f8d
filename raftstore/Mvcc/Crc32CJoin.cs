namespace Kube.RaftStore.Mvcc;

/// <summary>The CRC32C of two byte strings one behind the other, from those of each.</summary>
/// <remarks>
/// A checksum is a remainder of polynomials over two elements, so what comes behind moves what was before by a power of x
/// (Mark Adler's crc32_combine in zlib). Bits are in reflected order: the highest is x^0.
/// </remarks>
public static class Crc32CJoin
{
    private const uint Polynomial = 0x82F63B78;
    private const uint One = 1u << 31;

    /// <summary>x^(8 * 2^k).</summary>
    private static readonly uint[] s_powers = Powers();

    /// <summary>The checksum of both.</summary>
    /// <param name="first">The checksum of what comes first.</param>
    /// <param name="second">The checksum of what comes behind.</param>
    /// <param name="secondBytes">Bytes of what comes behind.</param>
    public static uint Of(uint first, uint second, int secondBytes)
    {
        var moved = first;
        for (var k = 0; secondBytes > 0; k++, secondBytes >>= 1)
        {
            if ((secondBytes & 1) != 0)
            {
                moved = Multiply(s_powers[k], moved);
            }
        }
        return moved ^ second;
    }

    private static uint[] Powers()
    {
        var powers = new uint[31];
        powers[0] = One >> 8;
        for (var k = 1; k < powers.Length; k++)
        {
            powers[k] = Multiply(powers[k - 1], powers[k - 1]);
        }
        return powers;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            if ((a & One) != 0)
            {
                product ^= b;
            }
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }
        return product;
    }
}
