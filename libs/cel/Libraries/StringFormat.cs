using System.Globalization;
using System.Numerics;
using System.Text;
using Kube.Cel.Values;

namespace Kube.Cel.Libraries;

/// <summary>"%s is %d".format([...]), with the clauses %s %d %f %e %x %X %o %b and %%. Pure.</summary>
internal static class StringFormat
{
    private const int DefaultPrecision = 6;
    private const int MaxPrecision = 100;

    public static CelValue Apply(string format, ListValue args)
    {
        var result = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }

            if (++i >= format.Length)
            {
                return new ErrorValue("unexpected end of string");
            }

            if (format[i] == '%')
            {
                result.Append('%');
                continue;
            }

            if (next >= args.Count)
            {
                return new ErrorValue($"index {next} out of range");
            }

            if (Precision(format, ref i, out var precision) is { } fault)
            {
                return fault;
            }

            if (Clause(format[i], precision, args[next++]) is not { } text)
            {
                return new ErrorValue($"error during formatting: {Why(format[i], args[next - 1])}");
            }

            result.Append(text);
        }

        return new StringValue(result.ToString());
    }

    private static ErrorValue? Precision(string format, ref int i, out int precision)
    {
        precision = DefaultPrecision;
        if (format[i] != '.')
        {
            return null;
        }

        var end = i + 1;
        while (end < format.Length && char.IsAsciiDigit(format[end]))
        {
            end++;
        }

        if (end >= format.Length)
        {
            return new ErrorValue("error while parsing precision: could not find end of precision specifier");
        }

        if (end > i + 1 && (!int.TryParse(format.AsSpan(i + 1, end - i - 1), CultureInfo.InvariantCulture, out precision) || precision > MaxPrecision))
        {
            return new ErrorValue($"precision {format.AsSpan(i + 1, end - i - 1)} exceeds maximum allowed precision {MaxPrecision}");
        }

        i = end;
        return null;
    }

    /// <summary>Null when the clause does not take the value.</summary>
    private static string? Clause(char clause, int precision, CelValue value) => clause switch
    {
        's' => Text(value),
        'd' => value switch
        {
            IntValue or UintValue => value.ToString(),
            DoubleValue d when !double.IsFinite(d.Value) => NotFinite(d.Value),
            _ => null,
        },
        'f' => Number(value) is { } number ? double.IsFinite(number) ? Fixed(number, precision) : NotFinite(number) : null,
        'e' => Number(value) is { } number ? double.IsFinite(number) ? Scientific(number, precision) : NotFinite(number) : null,
        'b' => value switch
        {
            BoolValue b => b.Value ? "1" : "0",
            _ => Whole(value) is { } whole ? Radix(whole, 2) : null,
        },
        'o' => Whole(value) is { } whole ? Radix(whole, 8) : null,
        'x' => Hex(value),
        'X' => Hex(value)?.ToUpperInvariant(),
        _ => null,
    };

    private static string Why(char clause, CelValue value) => clause switch
    {
        's' => $"string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given {value.Type.Name}",
        'd' => $"decimal clause can only be used on integers, was given {value.Type.Name}",
        'f' => $"fixed-point clause can only be used on doubles, was given {value.Type.Name}",
        'e' => $"scientific clause can only be used on doubles, was given {value.Type.Name}",
        'b' => $"only integers and bools can be formatted as binary, was given {value.Type.Name}",
        'o' => $"octal clause can only be used on integers, was given {value.Type.Name}",
        'x' or 'X' => $"only integers, byte buffers, and strings can be formatted as hex, was given {value.Type.Name}",
        _ => $"could not parse formatting clause: unrecognized formatting clause \"{clause}\"",
    };

    private static string? Text(CelValue value) => value switch
    {
        StringValue s => s.Value,
        DoubleValue d => double.IsFinite(d.Value) ? Numbers.FormatPlain(d.Value) : NotFinite(d.Value),
        ListValue list => list.Select(Text).ToList() is var parts && parts.Contains(null) ? null : $"[{string.Join(", ", parts)}]",
        MapValue map => MapText(map),
        BytesValue or BoolValue or IntValue or UintValue or NullValue or TypeValue or DurationValue or TimestampValue => value.ToString(),
        _ => null,
    };

    private static string? MapText(MapValue map)
    {
        var entries = new List<string>();
        foreach (var key in map.Keys)
        {
            if (Text(key) is not { } name || Text(map.Find(key)!) is not { } value)
            {
                return null;
            }

            entries.Add($"{name}: {value}");
        }

        entries.Sort(StringComparer.Ordinal);
        return $"{{{string.Join(", ", entries)}}}";
    }

    private static double? Number(CelValue value) => value switch
    {
        DoubleValue d => d.Value,
        IntValue i => i.Value,
        UintValue u => u.Value,
        StringValue { Value: "NaN" } => double.NaN,
        StringValue { Value: "Infinity" } => double.PositiveInfinity,
        StringValue { Value: "-Infinity" } => double.NegativeInfinity,
        _ => null,
    };

    private static BigInteger? Whole(CelValue value) => value switch
    {
        IntValue i => i.Value,
        UintValue u => u.Value,
        _ => null,
    };

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string Fixed(double number, int precision) => number.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Scientific(double number, int precision)
    {
        var text = number.ToString("e" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var e = text.IndexOf('e', StringComparison.Ordinal);
        var digits = text[(e + 2)..].TrimStart('0').PadLeft(2, '0');
        return text[..(e + 2)] + digits;
    }

    private static string? Hex(CelValue value) => value switch
    {
        StringValue s => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s.Value)),
        BytesValue b => Convert.ToHexStringLower(b.Value.Span),
        _ => Whole(value) is { } whole ? Radix(whole, 16) : null,
    };

    private static string Radix(BigInteger value, int radix)
    {
        if (value.IsZero)
        {
            return "0";
        }

        var digits = new StringBuilder();
        for (var rest = BigInteger.Abs(value); !rest.IsZero; rest /= radix)
        {
            digits.Insert(0, "0123456789abcdef"[(int)(rest % radix)]);
        }

        return (value.Sign < 0 ? "-" : "") + digits;
    }
}
