using Kube.Cel.Values;

namespace Kube.Cel.Functions;

/// <summary>The arithmetic and order of values. What leaves the range of its type is an error. Pure.</summary>
internal static class Arithmetic
{
    private static readonly ErrorValue IntOverflow = new("integer overflow");
    private static readonly ErrorValue UintOverflow = new("unsigned integer overflow");
    private static readonly ErrorValue DurationOverflow = new("duration overflow");
    private static readonly ErrorValue TimestampOverflow = new("timestamp overflow");

    public static CelValue Add(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => Whole((Int128)a.Value + b.Value),
        (UintValue a, UintValue b) => Unsigned((Int128)a.Value + b.Value),
        (DoubleValue a, DoubleValue b) => new DoubleValue(a.Value + b.Value),
        (StringValue a, StringValue b) => new StringValue(a.Value + b.Value),
        (BytesValue a, BytesValue b) => new BytesValue((byte[])[.. a.Value.Span, .. b.Value.Span]),
        (GrowingListValue a, ListValue b) => Grow(a, b),
        (ListValue a, ListValue b) => a.Count == 0 ? b : b.Count == 0 ? a : Join(a, b),
        (DurationValue a, DurationValue b) => Span((Int128)a.Nanoseconds + b.Nanoseconds),
        (TimestampValue a, DurationValue b) => Shift(a, b.Nanoseconds),
        (DurationValue a, TimestampValue b) => Shift(b, a.Nanoseconds),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Subtract(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => Whole((Int128)a.Value - b.Value),
        (UintValue a, UintValue b) => Unsigned((Int128)a.Value - b.Value),
        (DoubleValue a, DoubleValue b) => new DoubleValue(a.Value - b.Value),
        (DurationValue a, DurationValue b) => Span((Int128)a.Nanoseconds - b.Nanoseconds),
        (TimestampValue a, DurationValue b) => Shift(a, -(Int128)b.Nanoseconds),
        (TimestampValue a, TimestampValue b) => Span((((Int128)a.Seconds - b.Seconds) * 1_000_000_000) + a.Nanos - b.Nanos),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Multiply(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue a, IntValue b) => Whole((Int128)a.Value * b.Value),
        (UintValue a, UintValue b) => (UInt128)a.Value * b.Value is var product && product > ulong.MaxValue ? UintOverflow : new UintValue((ulong)product),
        (DoubleValue a, DoubleValue b) => new DoubleValue(a.Value * b.Value),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Divide(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue, IntValue { Value: 0 }) or (UintValue, UintValue { Value: 0 }) => new ErrorValue("division by zero"),
        (IntValue a, IntValue b) => Whole((Int128)a.Value / b.Value),
        (UintValue a, UintValue b) => new UintValue(a.Value / b.Value),
        (DoubleValue a, DoubleValue b) => new DoubleValue(a.Value / b.Value),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Modulo(CelValue left, CelValue right) => (left, right) switch
    {
        (IntValue, IntValue { Value: 0 }) or (UintValue, UintValue { Value: 0 }) => new ErrorValue("modulus by zero"),
        (IntValue { Value: long.MinValue }, IntValue { Value: -1 }) => IntOverflow,
        (IntValue a, IntValue b) => IntValue.Of(a.Value % b.Value),
        (UintValue a, UintValue b) => new UintValue(a.Value % b.Value),
        _ => ErrorValue.NoSuchOverload,
    };

    public static CelValue Negate(CelValue value) => value switch
    {
        IntValue a => Whole(-(Int128)a.Value),
        DoubleValue a => new DoubleValue(-a.Value),
        DurationValue a => Span(-(Int128)a.Nanoseconds),
        _ => ErrorValue.NoSuchOverload,
    };

    /// <summary>Negative, zero or positive; null where two values have no order.</summary>
    public static int? Compare(CelValue left, CelValue right) => (left, right) switch
    {
        (BoolValue a, BoolValue b) => a.Value.CompareTo(b.Value),
        (StringValue a, StringValue b) => CodePoints.Compare(a.Value, b.Value),
        (BytesValue a, BytesValue b) => a.Value.Span.SequenceCompareTo(b.Value.Span),
        (DurationValue a, DurationValue b) => a.Nanoseconds.CompareTo(b.Nanoseconds),
        (TimestampValue a, TimestampValue b) => (a.Seconds, a.Nanos).CompareTo((b.Seconds, b.Nanos)),
        _ => Numbers.Compare(left, right),
    };

    private static CelValue Whole(Int128 value) => value < long.MinValue || value > long.MaxValue ? IntOverflow : IntValue.Of((long)value);

    private static CelValue Unsigned(Int128 value) => value < 0 || value > ulong.MaxValue ? UintOverflow : new UintValue((ulong)value);

    private static CelValue Span(Int128 nanoseconds) =>
        nanoseconds < long.MinValue || nanoseconds > long.MaxValue ? DurationOverflow : new DurationValue((long)nanoseconds);

    private static CelValue Shift(TimestampValue time, Int128 nanoseconds)
    {
        const long second = 1_000_000_000;
        var total = ((Int128)time.Seconds * second) + time.Nanos + nanoseconds;
        var nanos = (int)(((total % second) + second) % second);
        return TimestampValue.Of((total - nanos) / second, nanos) is { } shifted ? shifted : TimestampOverflow;
    }

    private static CelValue Join(ListValue a, ListValue b) =>
        (long)a.Count + b.Count > int.MaxValue ? new ErrorValue("list too long") : new JoinedListValue(a, b);

    private static GrowingListValue Grow(GrowingListValue list, ListValue added)
    {
        foreach (var element in added)
        {
            list.Add(element);
        }

        return list;
    }
}
