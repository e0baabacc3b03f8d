using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Functions;

/// <summary>Parts of times, on UTC's clocks or a zone's, and lengths of durations in whole units.</summary>
internal static class TimeFunctions
{
    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        Part("getFullYear", (time, _) => time.Year),
        Part("getMonth", (time, _) => time.Month - 1),
        Part("getDate", (time, _) => time.Day),
        Part("getDayOfMonth", (time, _) => time.Day - 1),
        Part("getDayOfWeek", (time, _) => (int)time.DayOfWeek),
        Part("getDayOfYear", (time, _) => time.DayOfYear - 1),
        Part("getHours", (time, _) => time.Hour, span => span / 3_600_000_000_000),
        Part("getMinutes", (time, _) => time.Minute, span => span / 60_000_000_000),
        Part("getSeconds", (time, _) => time.Second, span => span / 1_000_000_000),
        Part("getMilliseconds", (_, nanos) => nanos / 1_000_000, span => span / 1_000_000),
    ];

    private static CelFunction Part(string name, Func<DateTimeOffset, int, long> ofTime, Func<long, long>? ofSpan = null)
    {
        var function = new CelFunction(
            name,
            Member(Int, Timestamp) with { Body = args => OfTime((TimestampValue)args[0], "", ofTime) },
            Member(Int, Timestamp, CelTypeString) with { Body = args => OfTime((TimestampValue)args[0], Text(args[1]), ofTime) });
        return ofSpan is null ? function : function with
        {
            Overloads = [.. function.Overloads, Member(Int, Duration) with { Body = args => IntValue.Of(ofSpan(((DurationValue)args[0]).Nanoseconds)) }],
        };
    }

    private static Types.CelType CelTypeString => Types.CelType.String;

    private static CelValue OfTime(TimestampValue time, string zone, Func<DateTimeOffset, int, long> part) =>
        time.In(zone) is { } local ? IntValue.Of(part(local, time.Nanos)) : new ErrorValue($"unknown time zone {zone}");
}
