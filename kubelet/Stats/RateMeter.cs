using System.Collections.Concurrent;

namespace Kube.Kubelet.Stats;

/// <summary>
/// How much of a core something used between the last two looks that were at least a second apart. Thread-safe. Forgets
/// what has not been looked at for some time.
/// </summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Sample> _last = new(StringComparer.Ordinal);
    private DateTimeOffset _sweptAt;

    /// <summary>Takes a look; null until there are two.</summary>
    public long? NanoCores(string id, DateTimeOffset at, long coreNanoSeconds)
    {
        Sample sample = _last.AddOrUpdate(
            id,
            static (_, now) => new Sample(now.At, now.Used, null),
            static (_, last, now) => now.At - last.At < Least
                ? last
                : new Sample(now.At, now.Used, Math.Max(0, (long)((now.Used - last.Used) / (now.At - last.At).TotalSeconds))),
            (At: at, Used: coreNanoSeconds));
        Sweep(at);
        return sample.NanoCores;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now - _sweptAt < Forgotten)
        {
            return;
        }

        _sweptAt = now;
        foreach ((string id, Sample sample) in _last)
        {
            if (now - sample.At > Forgotten)
            {
                _last.TryRemove(id, out _);
            }
        }
    }

    private sealed record Sample(DateTimeOffset At, long Used, long? NanoCores);
}
