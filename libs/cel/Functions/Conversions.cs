using System.Globalization;
using System.Text;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Functions;

/// <summary>From one type to another.</summary>
internal static class Conversions
{
    private static readonly CelType A = CelType.Parameter("A");

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("dyn", [Form(Dyn, A)], args => args[0]),
        new("type", [Form(TypeOf(A), A)], args => new TypeValue(args[0].Type)),
        To(Bool, ToBool, Bool, CelType.String),
        To(Int, ToInt, Int, Uint, CelType.Double, CelType.String, Timestamp, Duration),
        To(Uint, ToUint, Uint, Int, CelType.Double, CelType.String),
        To(CelType.Double, ToDouble, CelType.Double, Int, Uint, CelType.String),
        new(
            "string",
            [
                .. ((CelType[])[CelType.String, Bool, Int, Uint, CelType.Double, Timestamp, Duration]).Select(t => Form(CelType.String, t)),
                Form(CelType.String, CelType.Bytes) with { Cost = Costs.Traverse() },
            ],
            args => ToText(args[0])),
        new(
            "bytes",
            [Form(CelType.Bytes, CelType.Bytes), Form(CelType.Bytes, CelType.String) with { Cost = Costs.Traverse() }],
            args => args[0] is StringValue text ? new BytesValue(Encoding.UTF8.GetBytes(text.Value)) : args[0]),
        new("timestamp", [Form(Timestamp, Timestamp), Form(Timestamp, CelType.String), Form(Timestamp, Int)], args => ToTimestamp(args[0])),
        new("duration", [Form(Duration, Duration), Form(Duration, CelType.String), Form(Duration, Int)], args => ToDuration(args[0])),
    ];

    private static CelFunction To(CelType result, Func<CelValue, CelValue> convert, params CelType[] from) =>
        new(result.Name, [.. from.Select(t => Form(result, t))], args => convert(args[0]));

    private static CelValue ToBool(CelValue value) => value switch
    {
        BoolValue => value,
        StringValue { Value: "1" or "t" or "T" or "TRUE" or "true" or "True" } => BoolValue.True,
        StringValue { Value: "0" or "f" or "F" or "FALSE" or "false" or "False" } => BoolValue.False,
        _ => Failed(value, "bool"),
    };

    private static CelValue ToInt(CelValue value)
    {
        const double limit = 9223372036854775808.0;
        return value switch
        {
            IntValue => value,
            UintValue u => u.Value <= long.MaxValue ? IntValue.Of((long)u.Value) : new ErrorValue("integer overflow"),
            DoubleValue d => d.Value > -limit && d.Value < limit ? IntValue.Of((long)d.Value) : new ErrorValue("integer overflow"),
            StringValue s => long.TryParse(s.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? IntValue.Of(whole)
                : new ErrorValue($"strconv.ParseInt: parsing \"{s.Value}\": invalid syntax"),
            TimestampValue t => IntValue.Of(t.Seconds),
            DurationValue d => IntValue.Of(d.Nanoseconds),
            _ => Failed(value, "int"),
        };
    }

    private static CelValue ToUint(CelValue value) => value switch
    {
        UintValue => value,
        IntValue i => i.Value >= 0 ? new UintValue((ulong)i.Value) : new ErrorValue("unsigned integer overflow"),
        DoubleValue d => d.Value >= 0 && d.Value < 18446744073709551616.0 ? new UintValue((ulong)d.Value) : new ErrorValue("unsigned integer overflow"),
        StringValue s => ulong.TryParse(s.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? new UintValue(whole)
            : new ErrorValue($"strconv.ParseUint: parsing \"{s.Value}\": invalid syntax"),
        _ => Failed(value, "uint"),
    };

    private static CelValue ToDouble(CelValue value) => value switch
    {
        DoubleValue => value,
        IntValue i => new DoubleValue(i.Value),
        UintValue u => new DoubleValue(u.Value),
        StringValue s => ParseDouble(s.Value) is { } number
            ? new DoubleValue(number)
            : new ErrorValue($"strconv.ParseFloat: parsing \"{s.Value}\": invalid syntax"),
        _ => Failed(value, "double"),
    };

    private static double? ParseDouble(string text)
    {
        switch (text.TrimStart('+', '-').ToLowerInvariant())
        {
            case "inf" or "infinity":
                return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan":
                return double.NaN;
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number : null;
    }

    private static CelValue ToText(CelValue value) => value switch
    {
        BytesValue bytes => CodePoints.Decode(bytes.Value.Span) is { } text ? new StringValue(text) : new ErrorValue("invalid UTF-8 in bytes, cannot convert to string"),
        StringValue => value,
        _ => new StringValue(value.ToString() ?? ""),
    };

    private static CelValue ToTimestamp(CelValue value) => value switch
    {
        TimestampValue => value,
        StringValue s => TimestampValue.Parse(s.Value) is { } time ? time : new ErrorValue($"parsing time \"{s.Value}\" as \"2006-01-02T15:04:05Z07:00\": invalid timestamp"),
        IntValue i => TimestampValue.Of(i.Value, 0) is { } time ? time : new ErrorValue("timestamp overflow"),
        _ => Failed(value, "timestamp"),
    };

    private static CelValue ToDuration(CelValue value) => value switch
    {
        DurationValue => value,
        StringValue s => DurationValue.Parse(s.Value) is { } span ? span : new ErrorValue($"time: invalid duration \"{s.Value}\""),
        IntValue i => new DurationValue(i.Value),
        _ => Failed(value, "duration"),
    };

    private static ErrorValue Failed(CelValue value, string type) => new($"type conversion error from '{value.Type}' to '{type}'");
}
