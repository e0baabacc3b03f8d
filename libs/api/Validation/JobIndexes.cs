using System.Globalization;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>A list of indexes of a job's pods and ranges of them, rising: 1,3-5,7.</summary>
internal static class JobIndexes
{
    /// <summary>What is wrong with a list; null for nothing, and then how many indexes it has.</summary>
    internal static string? FaultOf(string text, long completions, out long total)
    {
        total = 0;
        long? last = null;
        foreach (var interval in text.Length == 0 ? [] : text.Split(','))
        {
            if (IntervalFault(interval, completions, out var from, out var to) is { } fault)
            {
                total = 0;
                return fault;
            }

            if (last >= from)
            {
                total = 0;
                return $"non-increasing order, previous: {last}, current: {from}";
            }

            total += to - from + 1;
            last = to;
        }

        return null;
    }

    /// <summary>The first index that is in both lists; null for none. Intervals that are none are passed over.</summary>
    internal static long? CommonOf(string left, string right, long completions)
    {
        var (lefts, rights) = (Intervals(left, completions), Intervals(right, completions));
        for (int i = 0, j = 0; i < lefts.Count && j < rights.Count;)
        {
            if (lefts[i].From <= rights[j].To && rights[j].From <= lefts[i].To)
            {
                return Math.Max(lefts[i].From, rights[j].From);
            }

            _ = lefts[i].From <= rights[j].From ? i++ : j++;
        }

        return null;
    }

    private static List<(long From, long To)> Intervals(string text, long completions)
    {
        var intervals = new List<(long From, long To)>();
        foreach (var interval in text.Length == 0 ? [] : text.Split(','))
        {
            if (IntervalFault(interval, completions, out var from, out var to) is null)
            {
                intervals.Add((from, to));
            }
        }

        return intervals;
    }

    private static string? IntervalFault(string interval, long completions, out long from, out long to)
    {
        (from, to) = (0, 0);
        var ends = interval.Split('-');
        if (ends.Length > 2)
        {
            return $"the fragment {GoText.Quote(interval)} violates the requirement that an index interval can have at most two parts separated by '-'";
        }

        if (IndexFault(ends[0], completions, out from) is { } first)
        {
            return first;
        }

        to = from;
        if (ends.Length == 1)
        {
            return null;
        }

        return IndexFault(ends[1], completions, out to) ?? (from >= to ? $"non-increasing order, previous: {from}, current: {to}" : null);
    }

    private static string? IndexFault(string text, long completions, out long index) =>
        !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index)
            ? $"cannot convert string to integer for index: {GoText.Quote(text)}"
            : index >= completions ? $"too large index: {GoText.Quote(text)}" : null;
}
