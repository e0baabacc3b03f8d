using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeResourcesBalancedAllocation;

/// <summary>Prefers nodes whose resources would be used to the same degree, so that none is left over alone.</summary>
/// <param name="resources">Resources that count; cpu and memory by default.</param>
public sealed class NodeResourcesBalancedAllocation(IReadOnlyList<string>? resources = null) : IScorePlugin
{
    private readonly string[] _others = [.. (resources ?? []).Where(name => name is not "cpu" and not "memory")];
    private readonly bool _cpu = resources?.Contains("cpu") != false;
    private readonly bool _memory = resources?.Contains("memory") != false;

    public string Name => "NodeResourcesBalancedAllocation";

    public int Weight => 1;

    public long Score(PodInfo pod, NodeInfo node)
    {
        Span<double> fractions = stackalloc double[2 + _others.Length];
        var count = 0;
        if (_cpu && node.Allocatable.CpuMillis > 0)
        {
            fractions[count++] = Fraction(node.Requested.CpuMillis + pod.Requests.CpuMillis, node.Allocatable.CpuMillis);
        }

        if (_memory && node.Allocatable.MemoryBytes > 0)
        {
            fractions[count++] = Fraction(node.Requested.MemoryBytes + pod.Requests.MemoryBytes, node.Allocatable.MemoryBytes);
        }

        foreach (var name in _others)
        {
            var (used, wanted, capacity) = name == "ephemeral-storage"
                ? (node.Requested.EphemeralStorageBytes, pod.Requests.EphemeralStorageBytes, node.Allocatable.EphemeralStorageBytes)
                : (node.Requested.Scalars.GetValueOrDefault(name), pod.Requests.Scalars.GetValueOrDefault(name), node.Allocatable.Scalars.GetValueOrDefault(name));
            if (capacity > 0 && wanted > 0)
            {
                fractions[count++] = Fraction(used + wanted, capacity);
            }
        }

        return (long)((1 - Deviation(fractions[..count])) * IScorePlugin.MaxScore);
    }

    /// <summary>Standard deviation. Of two numbers that is half their distance, of one or none nothing.</summary>
    private static double Deviation(ReadOnlySpan<double> values)
    {
        if (values.Length < 3)
        {
            return values.Length == 2 ? Math.Abs(values[0] - values[1]) / 2 : 0;
        }

        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        var mean = sum / values.Length;
        double squares = 0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / values.Length);
    }

    private static double Fraction(long requested, long capacity) => Math.Min(1, (double)requested / capacity);
}
