using System.Globalization;
using System.Text;
using Kube.Cel.Types;

namespace Kube.Cel.Values;

/// <summary>A span of time in whole nanoseconds, about 292 years either way.</summary>
public sealed class DurationValue(long nanoseconds) : CelValue
{
    public long Nanoseconds => nanoseconds;

    public override CelType Type => CelType.Duration;

    public override bool IsZero => nanoseconds == 0;

    public override bool EqualTo(CelValue other) => other is DurationValue d && d.Nanoseconds == nanoseconds;

    /// <summary>Seconds with a decimal point where needed: "1.5s".</summary>
    public override string ToString()
    {
        var whole = (ulong)Int128.Abs(nanoseconds);
        var text = new StringBuilder(nanoseconds < 0 ? "-" : "").Append(CultureInfo.InvariantCulture, $"{whole / 1_000_000_000}");
        if (whole % 1_000_000_000 is > 0 and var part)
        {
            text.Append('.').Append(part.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0'));
        }

        return text.Append('s').ToString();
    }

    /// <summary>A span as Go writes it: "1h30m", "-1.5s", "100ms". Null when the text is none.</summary>
    internal static DurationValue? Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = false;
        if (rest is ['-' or '+', ..])
        {
            negative = rest[0] == '-';
            rest = rest[1..];
        }

        if (rest.SequenceEqual("0"))
        {
            return new DurationValue(0);
        }

        if (rest.IsEmpty)
        {
            return null;
        }

        Int128 total = 0;
        while (!rest.IsEmpty)
        {
            if (!TakeTerm(ref rest, out var nanoseconds))
            {
                return null;
            }

            total += nanoseconds;
            if (total > (Int128)long.MaxValue + 1)
            {
                return null;
            }
        }

        total = negative ? -total : total;
        return total < long.MinValue || total > long.MaxValue ? null : new DurationValue((long)total);
    }

    private static bool TakeTerm(ref ReadOnlySpan<char> rest, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        var length = rest.IndexOfAnyExcept("0123456789.");
        if (length <= 0 || length > 40)
        {
            return false;
        }

        var number = rest[..length];
        var dots = number.Count('.');
        if (dots > 1 || number.Length == dots)
        {
            return false;
        }

        rest = rest[length..];
        var unitLength = rest.IndexOfAny("0123456789.") is >= 0 and var next ? next : rest.Length;
        long scale = rest[..unitLength] switch
        {
            "ns" => 1,
            "us" or "\u00b5s" or "\u03bcs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
        if (scale == 0)
        {
            return false;
        }

        rest = rest[unitLength..];
        var dot = number.IndexOf('.');
        var whole = dot < 0 ? number : number[..dot];
        if (whole.Length > 20)
        {
            return false;
        }

        nanoseconds = (whole.IsEmpty ? 0 : Int128.Parse(whole, CultureInfo.InvariantCulture)) * scale;
        if (dot >= 0)
        {
            Int128 unit = scale;
            foreach (var digit in number[(dot + 1)..])
            {
                // Digits below a nanosecond are cut off, as Go does.
                nanoseconds += (digit - '0') * unit / 10;
                unit /= 10;
            }
        }

        return true;
    }
}

/// <summary>A point in time from the year 1 to 9999, in nanoseconds.</summary>
public sealed class TimestampValue(long seconds, int nanos) : CelValue
{
    /// <summary>0001-01-01T00:00:00Z in seconds since 1970.</summary>
    public const long MinSeconds = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z in seconds since 1970.</summary>
    public const long MaxSeconds = 253_402_300_799;

    /// <summary>Since 1970-01-01 UTC, rounded down.</summary>
    public long Seconds => seconds;

    /// <summary>Nanoseconds after <see cref="Seconds"/>, not negative.</summary>
    public int Nanos => nanos;

    public override CelType Type => CelType.Timestamp;

    public override bool IsZero => seconds == MinSeconds && nanos == 0;

    /// <summary>The time; null when it is out of range.</summary>
    public static TimestampValue? Of(Int128 seconds, int nanos) =>
        seconds < MinSeconds || seconds > MaxSeconds ? null : new TimestampValue((long)seconds, nanos);

    public override bool EqualTo(CelValue other) => other is TimestampValue t && t.Seconds == seconds && t.Nanos == nanos;

    /// <summary>RFC 3339 in UTC, with as many decimals as it has.</summary>
    public override string ToString()
    {
        var text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return nanos == 0 ? text + "Z" : $"{text}.{nanos.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    /// <summary>The time on a zone's clocks; null when there is no such zone.</summary>
    internal DateTimeOffset? In(string zone)
    {
        var utc = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (zone is "" or "UTC")
        {
            return utc;
        }

        if (ParseOffset(zone) is { } offset)
        {
            return Shift(utc, offset);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var info) ? TimeZoneInfo.ConvertTime(utc, info) : null;
    }

    /// <summary>RFC 3339 with any offset and up to nine decimals; null when the text is none or out of range.</summary>
    internal static TimestampValue? Parse(string text)
    {
        var span = text.AsSpan();
        if (span.Length < 20 || span[10] is not ('T' or 't') || !DateTime.TryParseExact(
            string.Concat(span[..10], "T", span[11..19]), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock))
        {
            return null;
        }

        var rest = span[19..];
        var nanos = 0;
        if (rest[0] is '.' or ',')
        {
            var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (length <= 0)
            {
                return null;
            }

            var digits = rest.Slice(1, Math.Min(length, 9));
            nanos = int.Parse(digits, CultureInfo.InvariantCulture);
            for (var i = digits.Length; i < 9; i++)
            {
                nanos *= 10;
            }

            rest = rest[(length + 1)..];
        }

        var offset = rest is "Z" or "z" ? TimeSpan.Zero : rest.Length == 6 && rest[0] is '+' or '-' ? ParseOffset(rest.ToString()) : null;
        return offset is null ? null : Of(new DateTimeOffset(clock, TimeSpan.Zero).ToUnixTimeSeconds() - (long)offset.Value.TotalSeconds, nanos);
    }

    private static DateTimeOffset Shift(DateTimeOffset utc, TimeSpan offset)
    {
        var ticks = Math.Clamp(utc.Ticks + offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <summary>"-08:00", "+02:30", "02:00".</summary>
    private static TimeSpan? ParseOffset(string text)
    {
        var negative = text.StartsWith('-');
        var body = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        if (body.Length != 5 || body[2] != ':'
            || !int.TryParse(body[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(body[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || hours > 23 || minutes > 59)
        {
            return null;
        }

        var offset = new TimeSpan(hours, minutes, 0);
        return negative ? -offset : offset;
    }
}
