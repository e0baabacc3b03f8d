using System.Globalization;
using Kube.Robustness.Chaos.Cluster;

namespace Kube.Robustness.Chaos.Report;

/// <summary>What a member's process used at a time.</summary>
internal readonly record struct Sample(TimeSpan At, int Member, int ResidentMb, int Threads, int Descriptors);

/// <summary>Looks once a second at what the members' processes use, for leaks and growth.</summary>
internal sealed class Sampler(StoreCluster cluster, RunClock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public List<Sample> Samples { get; } = [];

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                foreach (var (number, member) in cluster.Members)
                {
                    if (member.ProcessId is { } pid && Read(pid) is var (rss, threads, descriptors))
                    {
                        Samples.Add(new Sample(clock.Now, number, rss, threads, descriptors));
                    }
                }

                await Task.Delay(Interval, ct);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private static (int ResidentMb, int Threads, int Descriptors)? Read(int pid)
    {
        try
        {
            var fields = File.ReadLines($"/proc/{pid}/status").Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0], parts => parts[1].Trim().Split(' ')[0]);
            return fields.TryGetValue("VmRSS", out var rss)
                ? (int.Parse(rss, CultureInfo.InvariantCulture) / 1024,
                    int.Parse(fields["Threads"], CultureInfo.InvariantCulture),
                    Directory.GetFiles($"/proc/{pid}/fd").Length)
                : null; // a process that has ended and is not yet reaped
        }
        catch (IOException)
        {
            return null; // it ended between two looks
        }
    }
}
