using System.Globalization;

namespace Kube.Api.Values;

/// <summary>Times as RFC 3339 writes them, with any number of decimals.</summary>
internal static class Rfc3339
{
    private const int TicksPerSecondDigits = 7;

    /// <summary>Reads a time and turns it to UTC; decimals beyond 100 ns are cut off.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length < "yyyy-MM-ddTHH:mm:ssZ".Length)
        {
            return false;
        }

        var secondsEnd = "yyyy-MM-ddTHH:mm:ss".Length;
        var at = secondsEnd;
        long ticks = 0;
        if (text[at] == '.')
        {
            var start = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            if (at == start)
            {
                return false;
            }

            var decimals = text[start..at];
            ticks = long.Parse(decimals.Length > TicksPerSecondDigits ? decimals[..TicksPerSecondDigits] : decimals.PadRight(TicksPerSecondDigits, '0'), CultureInfo.InvariantCulture);
        }

        var zone = text[at..];
        if (zone is not "Z" && zone.Length != "+00:00".Length)
        {
            return false;
        }

        // "yyyy" alone would also take other letters for T and Z; the exact format does not.
        if (!DateTimeOffset.TryParseExact(string.Concat(text.AsSpan(0, secondsEnd), zone), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            return false;
        }

        time = parsed.ToUniversalTime().AddTicks(ticks);
        return true;
    }
}
