namespace Kube.Robustness.Checking;

/// <summary>The keys that an operation or a watch is about, in ordinal order.</summary>
/// <param name="Start">The first key.</param>
/// <param name="End">The first key that is not meant; null for <paramref name="Start"/> alone, empty for no end.</param>
public readonly record struct KeySpan(string Start, string? End)
{
    public static KeySpan All => new("", "");

    public bool IsSingle => End is null;

    /// <summary>True when it leaves out no key.</summary>
    public bool IsAll => Start.Length == 0 && End is { Length: 0 };

    public static KeySpan Single(string key) => new(key, null);

    public static KeySpan Of(string start, string end) => new(start, end);

    public static KeySpan From(string start) => new(start, "");

    public bool Contains(string key) => End switch
    {
        null => key == Start,
        "" => string.CompareOrdinal(key, Start) >= 0,
        _ => string.CompareOrdinal(key, Start) >= 0 && string.CompareOrdinal(key, End) < 0,
    };

    public override string ToString() => End switch
    {
        null => Start,
        "" when Start.Length == 0 => "all keys",
        "" => $"[{Start}, ...)",
        _ => $"[{Start}, {End})",
    };
}
