using System.Globalization;

namespace Kube.ApiServer.Endpoints;

/// <summary>Kubernetes' order of API versions: stable above beta above alpha, higher numbers above lower ones. Immutable.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Rank(x ?? ""), Rank(y ?? ""));
        return a != b ? a.CompareTo(b) : string.CompareOrdinal(y, x);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        if (!version.StartsWith('v'))
        {
            return default;
        }

        var rest = version.AsSpan(1);
        var stability = 3;
        foreach (var (word, rank) in (ReadOnlySpan<(string, int)>)[("alpha", 1), ("beta", 2)])
        {
            var at = rest.IndexOf(word);
            if (at > 0 && Number(rest[..at]) is { } major && Number(rest[(at + word.Length)..]) is { } minor)
            {
                return (rank, major, minor);
            }
        }

        return Number(rest) is { } number ? (stability, number, 0) : default;
    }

    private static int? Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
