using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kube.Api.Serialization;

/// <summary>Times and durations in the texts that Kubernetes' JSON uses.</summary>
internal static partial class GoTime
{
    [GeneratedRegex(@"^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})([.,]\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^(?<n>\d+(\.\d*)?|\.\d+)(?<u>ns|us|µs|μs|ms|s|m|h)")]
    private static partial Regex DurationPart();

    /// <summary>Parses RFC 3339; nanoseconds beyond 100 are dropped.</summary>
    internal static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (!Rfc3339().IsMatch(text))
        {
            return false;
        }

        return DateTimeOffset.TryParse(text.Replace(',', '.'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    internal static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    internal static string FormatMicroTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    internal static string ParseError(string text) =>
        $"parsing time {GoText.Quote(text)} as \"2006-01-02T15:04:05Z07:00\": cannot parse {GoText.Quote(text)} as \"2006\"";

    /// <summary>Parses Go's duration text ("1h2m3.5s") to nanoseconds.</summary>
    internal static bool TryParseDuration(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var rest = text.AsSpan();
        var negative = false;
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            negative = rest[0] == '-';
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        decimal total = 0;
        if (rest.Length == 0 || rest.Length > 64)
        {
            return false;
        }

        var left = rest.ToString();
        while (left.Length > 0)
        {
            var match = DurationPart().Match(left);
            if (!match.Success || !decimal.TryParse(match.Groups["n"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue)
            {
                return false;
            }

            total += number * UnitNanoseconds(match.Groups["u"].Value);
            left = left[match.Length..];
        }

        total = decimal.Truncate(negative ? -total : total);
        if (total is < long.MinValue or > long.MaxValue)
        {
            return false;
        }

        nanoseconds = (long)total;
        return true;
    }

    private static decimal UnitNanoseconds(string unit) => unit switch
    {
        "ns" => 1,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => 1_000,
    };

    /// <summary>Nanoseconds as Go prints a duration: "1m30s", "1.5ms".</summary>
    [SuppressMessage("Style", "IDE0010", Justification = "The ranges are all there are.")]
    internal static string FormatDuration(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }

        var sign = nanoseconds < 0 ? "-" : "";
        var n = Math.Abs((decimal)nanoseconds);
        if (n < 1_000)
        {
            return sign + Text(n) + "ns";
        }

        if (n < 1_000_000)
        {
            return sign + Text(n / 1_000) + "µs";
        }

        if (n < 1_000_000_000)
        {
            return sign + Text(n / 1_000_000) + "ms";
        }

        var hours = decimal.Truncate(n / 3_600_000_000_000);
        n -= hours * 3_600_000_000_000;
        var minutes = decimal.Truncate(n / 60_000_000_000);
        n -= minutes * 60_000_000_000;
        var text = Text(n / 1_000_000_000) + "s";
        if (hours > 0)
        {
            return sign + Text(hours) + "h" + Text(minutes) + "m" + text;
        }

        return sign + (minutes > 0 ? Text(minutes) + "m" : "") + text;
    }

    private static string Text(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
