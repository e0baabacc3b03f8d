using System.Globalization;

namespace Kube.Api.Printing;

/// <summary>Durations as kubectl shows them: two or three figures that a person reads at a glance (5m3s, 3h, 2d4h).</summary>
public static class HumanDuration
{
    private const int HoursPerDay = 24;
    private const int DaysPerYear = 365;

    /// <summary>The duration; 0s when it is less than two seconds negative, as clocks differ, else &lt;invalid&gt;.</summary>
    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 120)
        {
            return Text($"{Math.Max(seconds, 0)}s");
        }

        var minutes = seconds / 60;
        if (minutes < 180)
        {
            return minutes < 10 ? Pair(minutes, "m", seconds % 60, "s") : Text($"{minutes}m");
        }

        var hours = minutes / 60;
        if (hours < 2 * HoursPerDay)
        {
            return hours < 8 ? Pair(hours, "h", minutes % 60, "m") : Text($"{hours}h");
        }

        var days = hours / HoursPerDay;
        if (days < 2 * DaysPerYear)
        {
            return days < 8 ? Pair(days, "d", hours % HoursPerDay, "h") : Text($"{days}d");
        }

        var years = days / DaysPerYear;
        return years < 8 ? Pair(years, "y", days % DaysPerYear, "d") : Text($"{years}y");
    }

    /// <summary>The time since a moment; &lt;unknown&gt; when there is none.</summary>
    public static string Since(DateTimeOffset? moment, DateTimeOffset now) => moment is { } then ? Format(now - then) : "<unknown>";

    private static string Pair(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? Text($"{large}{largeUnit}") : Text($"{large}{largeUnit}{small}{smallUnit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
