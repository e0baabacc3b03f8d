using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Kube.Api.Values;

/// <content>Parsing and the canonical text.</content>
public readonly partial struct Quantity
{
    private const string FormatWrong =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private const string NumericWrong = "unable to parse numeric part of quantity";
    private const string SuffixWrong = "unable to parse quantity's suffix";

    private const int Nano = -9;
    private const int LongestInt64 = 18;

    // No amount of anything needs more; a larger exponent would only make arithmetic slow.
    private const int GreatestExponent = 4096;
    private const int LongestNumber = 4096;

    private static readonly string[] s_decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] s_binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Reads a quantity; when the text is none, says why in Kubernetes' words.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity, [NotNullWhen(false)] out string? error)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text))
        {
            error = FormatWrong;
            return false;
        }

        if (!Split(text, out var parts))
        {
            error = FormatWrong;
            return false;
        }

        if (!InterpretSuffix(parts.Suffix, out var power, out var format))
        {
            error = SuffixWrong;
            return false;
        }

        // Kubernetes takes a number without digits ("-", ".", "m") for zero, and so it is here.
        if (parts.Whole.Length + parts.Fraction.Length > LongestNumber || power > GreatestExponent)
        {
            error = NumericWrong;
            return false;
        }

        quantity = Assemble(text, parts, power, format);
        error = null;
        return true;
    }

    /// <summary>
    /// The canonical text: no fraction, the largest suffix that keeps the number whole. Binary amounts under 1024
    /// or not whole are written in decimal. A text that Kubernetes keeps as it was written is kept here too.
    /// </summary>
    public override string ToString() => _text ?? Canonical();

    private static Quantity Assemble(string text, Parts parts, long power, QuantityFormat format)
    {
        var digits = string.Concat(parts.Whole, parts.Fraction);
        var unscaled = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (unscaled.IsZero)
        {
            return new Quantity(BigInteger.Zero, 0, format);
        }

        var exponent = -(long)parts.Fraction.Length;
        if (format == QuantityFormat.BinarySI)
        {
            unscaled <<= (int)power;
        }
        else
        {
            exponent += power;
        }

        if (exponent < Nano)
        {
            var drop = Nano - exponent;
            unscaled = drop > digits.Length ? BigInteger.One : DivideAwayFromZero(unscaled, (int)drop);
            exponent = Nano;
        }

        var kept = KeepsText(digits, parts, power, format) ? text : null;
        if (format == QuantityFormat.BinarySI && kept is null)
        {
            (unscaled, exponent, format) = Bound(unscaled, (int)exponent, format);
        }

        return new Quantity(parts.Negative ? -unscaled : unscaled, (int)exponent, format, kept);
    }

    /// <summary>Caps a binary amount at 2^63-1, and calls one between 0 and 1 decimal.</summary>
    private static (BigInteger Unscaled, int Exponent, QuantityFormat Format) Bound(BigInteger unscaled, int exponent, QuantityFormat format)
    {
        var amount = new Quantity(unscaled, exponent, format);
        if (amount > new Quantity(long.MaxValue))
        {
            return (long.MaxValue, 0, format);
        }

        return amount < new Quantity(1) ? (unscaled, exponent, QuantityFormat.DecimalSI) : (unscaled, exponent, format);
    }

    /// <summary>Kubernetes reuses the text of numbers that its fast path takes for canonical, "1.500" among them.</summary>
    private static bool KeepsText(string digits, Parts parts, long power, QuantityFormat format)
    {
        if (format == QuantityFormat.BinarySI)
        {
            return parts.Fraction.Length == 0
                && 15 - parts.Whole.Length - (int)((float)power * 3 / 10) - 1 >= 0
                && (long.Parse(digits, CultureInfo.InvariantCulture) & 7) != 0;
        }

        var scale = power - parts.Fraction.Length;
        return digits.Length <= LongestInt64 && scale >= Nano && scale % 3 == 0
            && !digits.EndsWith("000", StringComparison.Ordinal) && digits[0] != '0';
    }

    private string Canonical()
    {
        if (IsZero)
        {
            return "0";
        }

        if (Format == QuantityFormat.BinarySI && BigInteger.Abs(AtExponent(Math.Min(_exponent, 0))) is var magnitude)
        {
            var one = BigInteger.Pow(10, -Math.Min(_exponent, 0));
            var whole = BigInteger.DivRem(magnitude, one, out var remainder);
            if (remainder.IsZero && whole >= 1024)
            {
                return Binary(whole);
            }
        }

        return Decimal();
    }

    private string Binary(BigInteger whole)
    {
        var power = 0;
        while (power < s_binarySuffixes.Length - 1 && (whole & 1023).IsZero)
        {
            whole >>= 10;
            power++;
        }

        return (Sign < 0 ? "-" : "") + whole.ToString(CultureInfo.InvariantCulture) + s_binarySuffixes[power];
    }

    private string Decimal()
    {
        var (unscaled, exponent) = WithoutTrailingZeros();
        var excess = ((exponent % 3) + 3) % 3;
        unscaled *= excess switch { 1 => 10, 2 => 100, _ => 1 };
        exponent -= excess;
        if (Format == QuantityFormat.DecimalExponent)
        {
            var suffix = exponent == 0 ? "" : "e" + exponent.ToString(CultureInfo.InvariantCulture);
            return unscaled.ToString(CultureInfo.InvariantCulture) + suffix;
        }

        if (exponent > 18)
        {
            unscaled *= BigInteger.Pow(10, exponent - 18);
            exponent = 18;
        }

        return unscaled.ToString(CultureInfo.InvariantCulture) + s_decimalSuffixes[(exponent - Nano) / 3];
    }

    private static bool InterpretSuffix(string suffix, out long power, out QuantityFormat format)
    {
        format = QuantityFormat.DecimalSI;
        var index = Array.IndexOf(s_decimalSuffixes, suffix);
        if (index >= 0)
        {
            power = Nano + (3 * index);
            return true;
        }

        index = Array.IndexOf(s_binarySuffixes, suffix);
        if (index > 0)
        {
            format = QuantityFormat.BinarySI;
            power = 10 * index;
            return true;
        }

        format = QuantityFormat.DecimalExponent;
        power = 0;
        return suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && long.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power);
    }

    /// <summary>Cuts a text into sign, digits before and after the point, and suffix; false when it has no such form.</summary>
    private static bool Split(string text, out Parts parts)
    {
        var at = 0;
        var negative = text[0] == '-';
        if (text[0] is '-' or '+')
        {
            at++;
        }

        var whole = Digits(text, ref at).TrimStart('0');
        var fraction = "";
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = Digits(text, ref at);
        }

        var suffixStart = at;
        while (at < text.Length && "eEinumkKMGTP".Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        if (at < text.Length && text[at] is '-' or '+')
        {
            at++;
        }

        Digits(text, ref at);
        parts = new Parts(negative, whole.Length == 0 ? "0" : whole, fraction, text[suffixStart..]);
        return at == text.Length;
    }

    private static string Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text[start..at];
    }

    private readonly record struct Parts(bool Negative, string Whole, string Fraction, string Suffix);
}
