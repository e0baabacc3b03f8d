using System.Globalization;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>The keys of a run: few, so that clients meet on them.</summary>
internal sealed class KeySpaceLayout
{
    public const string Registers = "/chaos/r/";
    public const string Counters = "/chaos/c/";
    public const string Leased = "/chaos/l/";
    public const string Tool = "/chaos/t/";
    public const string Bulk = "/chaos/b/";
    public const int RegisterCount = 24;
    public const int CounterCount = 6;

    private int _next;

    /// <summary>A value that no other put of the run has.</summary>
    public string NextValue(int client) =>
        string.Create(CultureInfo.InvariantCulture, $"c{client}-{Interlocked.Increment(ref _next)}");

    public static string Register(int number) => Registers + number.ToString("D2", CultureInfo.InvariantCulture);

    public static string Counter(int number) => Counters + number.ToString("D2", CultureInfo.InvariantCulture);

    /// <summary>All keys with a prefix that ends in a slash; '0' comes after '/'.</summary>
    public static KeySpan Below(string prefix) => KeySpan.Of(prefix, prefix[..^1] + "0");
}
