using System.Globalization;

namespace Kube.Api.Validation;

/// <summary>
/// The form of a cron schedule, as Kubernetes' cron library takes it: five fields of lists of ranges with steps, or a
/// word such as @daily. Pure; never throws.
/// </summary>
internal static class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly (int Minimum, int Maximum, string[] Names)[] Fields =
        [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, Months), (0, 6, Days)];

    /// <summary>What is wrong with a schedule, in the library's words; null when nothing is.</summary>
    public static string? FaultOf(string schedule)
    {
        if (schedule.Length == 0)
        {
            return "empty spec string";
        }

        var text = schedule;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            // Where a zone is not allowed, the caller says so; the fields must be right all the same.
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            var zone = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..(space < 0 ? text.Length : space)];
            if (space < 0 || !IsKnownZone(zone))
            {
                return $"provided bad location {zone}: unknown time zone {zone}";
            }

            text = text[space..].Trim();
        }

        if (text.StartsWith('@'))
        {
            return WordFault(text);
        }

        var fields = text.Split([' ', '\t', '\n', '\v', '\f', '\r', '\u0085', '\u00a0'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length != Fields.Length
            ? $"expected exactly {Fields.Length} fields, found {fields.Length}: [{string.Join(' ', fields)}]"
            : fields.Select((field, i) => FieldFault(field, i)).FirstOrDefault(static fault => fault is not null);
    }

    /// <summary>True when the time zone database of this machine has the zone, or when the machine has no database.</summary>
    public static bool IsKnownZone(string zone) =>
        zone == "UTC" || TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) || !TimeZoneInfo.TryFindSystemTimeZoneById("Europe/London", out _);

    private static string? WordFault(string text)
    {
        if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
        {
            return null;
        }

        const string every = "@every ";
        if (!text.StartsWith(every, StringComparison.Ordinal))
        {
            return "unrecognized descriptor: " + text;
        }

        return IsDuration(text[every.Length..]) ? null : $"failed to parse duration {text}: time: invalid duration {Serialization.GoText.Quote(text[every.Length..])}";
    }

    private static string? FieldFault(string field, int index) =>
        field.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(range => RangeFault(range, index)).FirstOrDefault(static fault => fault is not null);

    private static string? RangeFault(string range, int index)
    {
        var (minimum, maximum, names) = Fields[index];
        var steps = range.Split('/');
        var ends = steps[0].Split('-');
        if (steps.Length > 2)
        {
            return "too many slashes: " + range;
        }

        int start, end;
        if (ends[0] is "*" or "?")
        {
            (start, end) = (minimum, maximum);
        }
        else
        {
            if (ends.Length > 2)
            {
                return "too many hyphens: " + range;
            }

            if (NumberFault(ends[0], names, index, out start) is { } first)
            {
                return first;
            }

            end = steps.Length == 2 ? maximum : start;
            if (ends.Length == 2 && NumberFault(ends[1], names, index, out end) is { } second)
            {
                return second;
            }
        }

        var step = 1;
        if (steps.Length == 2 && NumberFault(steps[1], [], 0, out step) is { } third)
        {
            return third;
        }

        return start < minimum ? $"beginning of range ({start}) below minimum ({minimum}): {range}"
            : end > maximum ? $"end of range ({end}) above maximum ({maximum}): {range}"
            : start > end ? $"beginning of range ({start}) beyond end of range ({end}): {range}"
            : step == 0 ? $"step of range should be a positive number: {range}"
            : null;
    }

    private static string? NumberFault(string text, string[] names, int index, out int number)
    {
        number = Array.IndexOf(names, text.ToLowerInvariant());
        if (number >= 0)
        {
            number += Fields[index].Minimum;
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return $"failed to parse int from {text}: strconv.Atoi: parsing {Serialization.GoText.Quote(text)}: invalid syntax";
        }

        return number < 0 ? $"negative number ({number}) not allowed: {text}" : null;
    }

    /// <summary>A duration as Go writes it: 1h30m, 1.5s, 300ms.</summary>
    private static bool IsDuration(string text)
    {
        var at = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        if (text[at..] == "0")
        {
            return true;
        }

        var parts = 0;
        for (; at < text.Length; parts++)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            var number = text[digits..at];
            var unit = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }

            if (number.Count(static c => c == '.') > 1 || !number.Any(char.IsAsciiDigit) || text[unit..at] is not ("ns" or "us" or "µs" or "μs" or "ms" or "s" or "m" or "h"))
            {
                return false;
            }
        }

        return parts > 0;
    }
}
