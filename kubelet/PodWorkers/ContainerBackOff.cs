namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// How long to wait before a container is started again, or an image pulled again: 10 s, doubling up to 5 min, forgotten
/// after ten quiet minutes. Keys are free text. Not thread-safe: every worker has its own.
/// </summary>
internal sealed class ContainerBackOff(TimeSpan initial, TimeSpan max)
{
    /// <summary>The longest wait, unless a node is told another.</summary>
    public static readonly TimeSpan LongestRestart = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstRestart = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, (TimeSpan Delay, DateTimeOffset Updated)> _entries = new(StringComparer.Ordinal);

    public ContainerBackOff()
        : this(FirstRestart, LongestRestart)
    {
    }

    /// <summary>That of containers on a node whose longest wait is another than 5 min; one below 10 s is the first wait too.</summary>
    public static ContainerBackOff UpTo(TimeSpan max) => new(max < FirstRestart ? max : FirstRestart, max);

    /// <summary>The delay in force for the key; zero when there is none.</summary>
    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out (TimeSpan Delay, DateTimeOffset Updated) entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>How long still to wait after something that happened at <paramref name="since"/>; zero or less: no longer.</summary>
    public TimeSpan Remaining(string key, DateTimeOffset since, DateTimeOffset now) =>
        !_entries.TryGetValue(key, out (TimeSpan Delay, DateTimeOffset Updated) entry) || Expired(since, entry.Updated)
            ? TimeSpan.Zero
            : entry.Delay - (now - since);

    /// <summary>Takes the next, longer step.</summary>
    public void Next(string key, DateTimeOffset since, DateTimeOffset now)
    {
        bool known = _entries.TryGetValue(key, out (TimeSpan Delay, DateTimeOffset Updated) entry) && !Expired(since, entry.Updated);
        TimeSpan delay = known ? entry.Delay * 2 : initial;
        _entries[key] = (delay < max ? delay : max, now);
    }

    public void Reset(string key) => _entries.Remove(key);

    private bool Expired(DateTimeOffset since, DateTimeOffset updated) => since - updated > max * 2;
}
