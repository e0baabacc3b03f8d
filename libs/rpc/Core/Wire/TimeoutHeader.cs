using System.Globalization;

namespace Kube.Rpc.Wire;

/// <summary>The encoding of <c>grpc-timeout</c>: at most eight digits and a unit (H, M, S, m, u, n).</summary>
internal static class TimeoutHeader
{
    private const long MaxValue = 99_999_999;

    private static readonly (long Ticks, char Unit)[] Units =
    [
        (TimeSpan.TicksPerMicrosecond, 'u'),
        (TimeSpan.TicksPerMillisecond, 'm'),
        (TimeSpan.TicksPerSecond, 'S'),
        (TimeSpan.TicksPerMinute, 'M'),
        (TimeSpan.TicksPerHour, 'H'),
    ];

    /// <summary>
    /// Encodes with the finest unit that has room, never shorter than <paramref name="timeout"/>: the server must not
    /// give up before the client. A timeout of zero or less is one nanosecond; one beyond 99,999,999 hours is that.
    /// </summary>
    public static string Encode(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        foreach (var (ticks, unit) in Units)
        {
            var value = timeout.Ticks / ticks + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (value <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }

        return "99999999H";
    }

    /// <summary>Decodes; false unless it is one to eight digits and a unit. Fractions of a tick are rounded up.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        long ticksPerUnit;
        switch (text[^1])
        {
            case 'n':
                timeout = TimeSpan.FromTicks((value + 99) / 100);
                return true;
            case 'u': ticksPerUnit = TimeSpan.TicksPerMicrosecond; break;
            case 'm': ticksPerUnit = TimeSpan.TicksPerMillisecond; break;
            case 'S': ticksPerUnit = TimeSpan.TicksPerSecond; break;
            case 'M': ticksPerUnit = TimeSpan.TicksPerMinute; break;
            case 'H': ticksPerUnit = TimeSpan.TicksPerHour; break;
            default: return false;
        }

        // 99,999,999 hours are 3.6e18 ticks, within a long.
        timeout = TimeSpan.FromTicks(value * ticksPerUnit);
        return true;
    }
}
