using System.Diagnostics;
using System.Globalization;

namespace Kube.Kubelet.Stats;

/// <summary>What the machine and the kubelet's own process use, as the kernel tells.</summary>
internal static class MachineUsage
{
    /// <summary>Linux reports processor times in hundredths of a second to every program.</summary>
    private const long NanosecondsPerTick = 10_000_000;

    /// <summary>Processor time of all processes since the machine started.</summary>
    public static long CoreNanoSeconds() => CoreNanoSeconds(File.ReadLines("/proc/stat").First());

    /// <summary>The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    internal static long CoreNanoSeconds(string line)
    {
        long[] ticks = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * NanosecondsPerTick;
    }

    /// <summary>When the machine started.</summary>
    public static DateTimeOffset BootTime() => DateTimeOffset.FromUnixTimeSeconds(
        File.ReadLines("/proc/stat").First(l => l.StartsWith("btime ", StringComparison.Ordinal)) is var line
            ? long.Parse(line["btime ".Length..], CultureInfo.InvariantCulture)
            : 0);

    public static MemoryReading Memory(DateTimeOffset at, long totalBytes) =>
        Memory(at, totalBytes, Numbers("/proc/meminfo", ':'), Numbers("/proc/vmstat", ' '));

    /// <summary>
    /// In use is, as in Kubernetes, all but what is free and what was read from files and is not used of late; the kernel's own idea of what is
    /// available counts on more being given back.
    /// </summary>
    internal static MemoryReading Memory(
        DateTimeOffset at, long totalBytes, IReadOnlyDictionary<string, long> memory, IReadOnlyDictionary<string, long> counters)
    {
        long free = memory.GetValueOrDefault("MemFree") * 1024;
        long workingSet = Math.Max(0, totalBytes - free - (memory.GetValueOrDefault("Inactive(file)") * 1024));
        return new MemoryReading(at, workingSet)
        {
            AvailableBytes = totalBytes - workingSet,
            UsageBytes = totalBytes - free,
            RssBytes = memory.GetValueOrDefault("AnonPages") * 1024,
            PageFaults = counters.GetValueOrDefault("pgfault"),
            MajorPageFaults = counters.GetValueOrDefault("pgmajfault"),
        };
    }

    /// <summary>Interfaces of the machine but loopback.</summary>
    public static IReadOnlyList<NetworkReading> Network() =>
        [.. File.ReadLines("/proc/net/dev").Skip(2).Select(ParseInterface).Where(i => i.Name != "lo")];

    /// <summary>A line of /proc/net/dev: eight numbers received, eight sent.</summary>
    internal static NetworkReading ParseInterface(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        long[] numbers = [.. line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        return new NetworkReading(line[..colon].Trim(), numbers[0], numbers[2], numbers[8], numbers[10]);
    }

    /// <summary>The kubelet itself.</summary>
    public static (long CoreNanoSeconds, long ResidentBytes, DateTimeOffset StartedAt) Self()
    {
        using Process self = Process.GetCurrentProcess();
        return ((long)self.TotalProcessorTime.TotalNanoseconds, self.WorkingSet64, self.StartTime);
    }

    private static Dictionary<string, long> Numbers(string path, char separator)
    {
        Dictionary<string, long> numbers = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(path))
        {
            int end = line.IndexOf(separator, StringComparison.Ordinal);
            if (end > 0 && long.TryParse(line[(end + 1)..].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            {
                numbers[line[..end]] = value;
            }
        }

        return numbers;
    }
}
