using System.Globalization;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Durations as Go prints them, which is how they stand in Kubernetes' messages: 10s, 1m20s, 1.5s, 300ms.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1))
        {
            return value == TimeSpan.Zero ? "0s" : Number(value.TotalMilliseconds) + "ms";
        }

        string seconds = Number((value - TimeSpan.FromMinutes(Math.Floor(value.TotalMinutes))).TotalSeconds) + "s";
        long hours = (long)value.TotalHours;
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{value.Minutes}m{seconds}")
            : value.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m{seconds}") : seconds;
    }

    /// <summary>Reads what Go prints and takes: numbers with units h, m, s, ms, us and ns, one after the other; 0 alone is allowed.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text.AsSpan();
        bool negative = rest.Length > 0 && rest[0] == '-';
        rest = rest.TrimStart('-');
        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty || text.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        double ticks = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int length = rest.IndexOfAny("0123456789.");
            ReadOnlySpan<char> unit = length < 0 ? rest : rest[..length];
            rest = rest[unit.Length..];
            double ticksPerUnit = unit switch
            {
                "h" => TimeSpan.TicksPerHour,
                "m" => TimeSpan.TicksPerMinute,
                "s" => TimeSpan.TicksPerSecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "us" or "µs" => TimeSpan.TicksPerMicrosecond,
                "ns" => 0.01,
                _ => 0,
            };
            if (ticksPerUnit == 0)
            {
                return false;
            }

            ticks += number * ticksPerUnit;
        }

        value = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
