using System.Collections.Concurrent;
using Kube.Kubelet.Disks;

namespace Kube.Kubelet.Stats;

/// <summary>Sizes of directories, read again once they are older than a period: walking a large one each time costs more than it tells. Thread-safe.</summary>
internal sealed class SizeCache(TimeSpan period, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, DiskUsage Size)> _sizes = new(StringComparer.Ordinal);
    private DateTimeOffset _sweptAt;

    public DiskUsage Of(string path)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_sizes.TryGetValue(path, out (DateTimeOffset At, DiskUsage Size) known) && now - known.At < period)
        {
            return known.Size;
        }

        DiskUsage size = DirectoryUsage.Of(path);
        _sizes[path] = (now, size);
        Sweep(now);
        return size;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now - _sweptAt < period * 2)
        {
            return;
        }

        _sweptAt = now;
        foreach ((string path, (DateTimeOffset at, _)) in _sizes)
        {
            if (now - at > period * 2)
            {
                _sizes.TryRemove(path, out _);
            }
        }
    }
}
