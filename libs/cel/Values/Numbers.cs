using System.Globalization;
using Kube.Cel.Types;

namespace Kube.Cel.Values;

/// <summary>A signed whole number of 64 bits.</summary>
public sealed class IntValue : CelValue
{
    private static readonly IntValue[] Small = [.. Enumerable.Range(-16, 272).Select(i => new IntValue(i))];

    private IntValue(long value) => Value = value;

    public long Value { get; }

    public override CelType Type => CelType.Int;

    public override bool IsZero => Value == 0;

    public static IntValue Of(long value) => value is >= -16 and < 256 ? Small[value + 16] : new IntValue(value);

    public override bool EqualTo(CelValue other) => Numbers.Compare(this, other) == 0;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An unsigned whole number of 64 bits.</summary>
public sealed class UintValue(ulong value) : CelValue
{
    public ulong Value => value;

    public override CelType Type => CelType.Uint;

    public override bool IsZero => value == 0;

    public override bool EqualTo(CelValue other) => Numbers.Compare(this, other) == 0;

    public override string ToString() => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A floating-point number of 64 bits. NaN equals nothing.</summary>
public sealed class DoubleValue(double value) : CelValue
{
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    public double Value => value;

    public override CelType Type => CelType.Double;

    public override bool IsZero => value == 0;

    /// <summary>The whole number that it is exactly; null when it is none.</summary>
    internal long? AsInt => value >= -TwoTo63 && value < TwoTo63 && Math.Floor(value) == value ? (long)value : null;

    internal ulong? AsUint => value >= 0 && value < TwoTo64 && Math.Floor(value) == value ? (ulong)value : null;

    public override bool EqualTo(CelValue other) => Numbers.Compare(this, other) == 0;

    public override string ToString() => Numbers.Format(value);
}

/// <summary>Comparison across number types, and their texts as Go writes them.</summary>
internal static class Numbers
{
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>Negative, zero or positive; null where there is no order: NaN, or not two numbers.</summary>
    public static int? Compare(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => a.Value.CompareTo(b.Value),
        (IntValue a, UintValue b) => Compare(a.Value, b.Value),
        (IntValue a, DoubleValue b) => Compare(a.Value, b.Value),
        (UintValue a, IntValue b) => -Compare(b.Value, a.Value),
        (UintValue a, UintValue b) => a.Value.CompareTo(b.Value),
        (UintValue a, DoubleValue b) => Compare(a.Value, b.Value),
        (DoubleValue a, IntValue b) => -Compare(b.Value, a.Value),
        (DoubleValue a, UintValue b) => -Compare(b.Value, a.Value),
        (DoubleValue a, DoubleValue b) => double.IsNaN(a.Value) || double.IsNaN(b.Value) ? null : a.Value.CompareTo(b.Value),
        _ => null,
    };

    private static int Compare(long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b);

    private static int? Compare(long a, double b) =>
        double.IsNaN(b) ? null
        : b < -TwoTo63 ? 1
        : b >= TwoTo63 ? -1
        : a.CompareTo((long)Math.Floor(b)) is var order && order != 0 ? order
        : b > Math.Floor(b) ? -1 : 0;

    private static int? Compare(ulong a, double b) =>
        double.IsNaN(b) ? null
        : b < 0 ? 1
        : b >= TwoTo64 ? -1
        : a.CompareTo((ulong)Math.Floor(b)) is var order && order != 0 ? order
        : b > Math.Floor(b) ? -1 : 0;

    /// <summary>The shortest text that reads back as the number, as Go's %g writes it.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        var (negative, digits, point) = Digits(value);
        var sign = negative ? "-" : "";
        var exponent = point - 1;
        if (exponent is < -4 or >= 6)
        {
            var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return sign + Plain(digits, point);
    }

    /// <summary>The shortest text that reads back as the number, without an exponent.</summary>
    public static string FormatPlain(double value)
    {
        if (!double.IsFinite(value))
        {
            return Format(value);
        }

        var (negative, digits, point) = Digits(value);
        return (negative ? "-" : "") + Plain(digits, point);
    }

    private static string Plain(string digits, int point) =>
        point <= 0 ? "0." + new string('0', -point) + digits
        : point >= digits.Length ? digits + new string('0', point - digits.Length)
        : digits[..point] + "." + digits[point..];

    /// <summary>Significant digits, and the place of the point before them counted from the left.</summary>
    private static (bool Negative, string Digits, int Point) Digits(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var negative = shortest[0] == '-';
        var body = negative ? shortest[1..] : shortest;
        var e = body.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? body : body[..e];
        var power = e < 0 ? 0 : int.Parse(body[(e + 1)..], CultureInfo.InvariantCulture);
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? mantissa.Length : dot) + power;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits.TrimStart('0').TrimEnd('0');
        return digits.Length == 0 ? (negative, "0", 1) : (negative, digits, point - leading);
    }
}
