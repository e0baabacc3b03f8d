using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Kube.Cel.Values;

namespace Kube.Cel.Functions;

/// <summary>Regular expressions in RE2's syntax, matched in time linear in the text. Thread-safe.</summary>
internal static class RegularExpression
{
    private const int MaxKept = 1_000;

    /// <summary>Compiled expressions by source, since policies use the same few on every request.</summary>
    private static readonly ConcurrentDictionary<string, Regex?> Compiled = new(StringComparer.Ordinal);

    /// <summary>The expression; null when it is none.</summary>
    public static Regex? Compile(string pattern)
    {
        if (Compiled.TryGetValue(pattern, out var known))
        {
            return known;
        }

        if (Compiled.Count >= MaxKept)
        {
            Compiled.Clear();
        }

        return Compiled[pattern] = Make(pattern);
    }

    public static CelValue IsMatch(string text, string pattern) =>
        Compile(pattern) is { } regex ? BoolValue.Of(regex.IsMatch(text)) : Invalid(pattern);

    public static ErrorValue Invalid(string pattern) => new($"error parsing regexp: invalid or unsupported Perl syntax: `{pattern}`");

    private static Regex? Make(string pattern)
    {
        if (Re2Pattern.Translate(pattern) is not { } translated)
        {
            return null;
        }

        try
        {
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
