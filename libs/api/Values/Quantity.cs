using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Kube.Api.Values;

/// <summary>
/// An exact amount of a resource: a decimal number with a suffix that says its scale ("100m", "1.5Gi", "12e6").
/// The value is unscaled x 10^exponent and never loses precision, except that parsing rounds away from zero to
/// whole billionths and caps binary amounts at 2^63-1, as Kubernetes does. Equality and order look at the value
/// alone: "1" equals "1000m". The default value is zero.
/// </summary>
[JsonConverter(typeof(QuantityJsonConverter))]
public readonly partial struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private static readonly long[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private readonly BigInteger _unscaled;
    private readonly int _exponent;
    private readonly string? _text;

    internal Quantity(BigInteger unscaled, int exponent, QuantityFormat format, string? text = null)
    {
        _unscaled = unscaled;
        _exponent = exponent;
        Format = format;
        _text = text;
    }

    /// <summary>A whole amount in the given notation.</summary>
    public Quantity(long value, QuantityFormat format = QuantityFormat.DecimalSI)
        : this(new BigInteger(value), 0, format)
    {
    }

    /// <summary>Zero in decimal notation.</summary>
    public static Quantity Zero => default;

    /// <summary>The notation that <see cref="ToString"/> prefers.</summary>
    public QuantityFormat Format { get; }

    /// <summary>True when the amount is nought.</summary>
    public bool IsZero => _unscaled.IsZero;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => _unscaled.Sign;

    /// <summary>An amount given in thousandths: 1500 is "1500m".</summary>
    public static Quantity FromMilli(long milli, QuantityFormat format = QuantityFormat.DecimalSI) => new(milli, -3, format);

    /// <summary>An amount of whole bytes in binary notation.</summary>
    public static Quantity FromBytes(long sizeBytes) => new(sizeBytes, QuantityFormat.BinarySI);

    /// <summary>Reads a quantity.</summary>
    /// <exception cref="FormatException">The text is no quantity; the message is Kubernetes' own.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity, out var error) ? quantity : throw new FormatException(error);

    /// <summary>Reads a quantity; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity) => TryParse(text, out quantity, out _);

    /// <summary>The amount in whole units, rounded away from zero; held to the range of a long.</summary>
    public long Value() => ScaledValue(0);

    /// <summary>The amount in thousandths, rounded away from zero; held to the range of a long.</summary>
    public long MilliValue() => ScaledValue(-3);

    /// <summary>The amount divided by 10^<paramref name="scale"/>, rounded away from zero; held to the range of a long.</summary>
    public long ScaledValue(int scale)
    {
        if (_unscaled.IsZero)
        {
            return 0;
        }

        var shift = (long)_exponent - scale;
        if (shift > 19)
        {
            return _unscaled.Sign < 0 ? long.MinValue : long.MaxValue;
        }

        // The usual amounts fit a long on the way too, which costs a tenth.
        if (Math.Abs(shift) < Powers.Length && _unscaled >= long.MinValue && _unscaled <= long.MaxValue)
        {
            var small = (long)_unscaled;
            var power = Powers[Math.Abs(shift)];
            if (shift < 0)
            {
                var (whole, rest) = Math.DivRem(small, power);
                return rest == 0 ? whole : whole + Math.Sign(rest);
            }

            if (small <= long.MaxValue / power && small >= -(long.MaxValue / power))
            {
                return small * power;
            }
        }

        var scaled = shift >= 0 ? _unscaled * BigInteger.Pow(10, (int)shift) : DivideAwayFromZero(_unscaled, (int)-shift);
        return scaled > long.MaxValue ? long.MaxValue : scaled < long.MinValue ? long.MinValue : (long)scaled;
    }

    /// <summary>The nearest double; infinite beyond a double's range.</summary>
    public double ToDouble() => (double)_unscaled * Math.Pow(10, _exponent);

    public static Quantity operator +(Quantity left, Quantity right)
    {
        // Kubernetes takes over the notation of what is added to nothing.
        var format = left.IsZero ? right.Format : left.Format;
        var exponent = Math.Min(left._exponent, right._exponent);
        return new Quantity(left.AtExponent(exponent) + right.AtExponent(exponent), exponent, format);
    }

    public static Quantity operator -(Quantity left, Quantity right) => left + -right;

    public static Quantity operator -(Quantity value) => new(-value._unscaled, value._exponent, value.Format);

    public static Quantity operator *(Quantity left, long right) => new(left._unscaled * right, left._exponent, left.Format);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Quantity other)
    {
        if (_exponent == other._exponent)
        {
            return _unscaled.CompareTo(other._unscaled);
        }

        var exponent = Math.Min(_exponent, other._exponent);
        return AtExponent(exponent).CompareTo(other.AtExponent(exponent));
    }

    /// <inheritdoc/>
    public bool Equals(Quantity other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var (unscaled, exponent) = WithoutTrailingZeros();
        return HashCode.Combine(unscaled, exponent);
    }

    private BigInteger AtExponent(int exponent) =>
        _exponent == exponent || _unscaled.IsZero ? _unscaled : _unscaled * BigInteger.Pow(10, _exponent - exponent);

    private (BigInteger Unscaled, int Exponent) WithoutTrailingZeros()
    {
        if (_unscaled.IsZero)
        {
            return (BigInteger.Zero, 0);
        }

        var unscaled = _unscaled;
        var exponent = _exponent;
        while (true)
        {
            var quotient = BigInteger.DivRem(unscaled, 10, out var remainder);
            if (!remainder.IsZero)
            {
                return (unscaled, exponent);
            }

            unscaled = quotient;
            exponent++;
        }
    }

    private static BigInteger DivideAwayFromZero(BigInteger value, int powerOfTen)
    {
        var quotient = BigInteger.DivRem(value, BigInteger.Pow(10, powerOfTen), out var remainder);
        return remainder.IsZero ? quotient : quotient + value.Sign;
    }
}
