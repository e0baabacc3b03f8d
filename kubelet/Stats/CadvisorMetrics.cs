namespace Kube.Kubelet.Stats;

/// <summary>
/// Readings as /metrics/cadvisor has them, under cAdvisor's names and labels: those that the runtime and the kernel tell, no more.
/// A pod as a whole has an empty container label. Pure.
/// </summary>
internal static class CadvisorMetrics
{
    private const double Nanoseconds = 1e9;

    /// <param name="reading">What was read.</param>
    /// <param name="processors">Processors of the machine.</param>
    /// <param name="memoryBytes">Memory of the machine.</param>
    public static string Write(NodeReading reading, int processors, long memoryBytes)
    {
        MetricsText text = new();
        List<Subject> all = [.. reading.Pods.SelectMany(Subjects)];
        Each(text, all, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.", s => s.Cpu is { } cpu ? (cpu.CoreNanoSeconds / Nanoseconds, cpu.At) : null, ("cpu", "total"));
        Each(text, all, "container_last_seen", "gauge", "Last time a container was seen by the exporter", s => (reading.At.ToUnixTimeSeconds(), reading.At));
        Each(text, all, "container_memory_rss", "gauge", "Size of RSS in bytes.", s => s.Memory is { RssBytes: { } rss } memory ? (rss, memory.At) : null);
        Each(text, all, "container_memory_usage_bytes", "gauge", "Current memory usage in bytes, including all memory regardless of when it was accessed", s => s.Memory is { UsageBytes: { } usage } memory ? (usage, memory.At) : null);
        Each(text, all, "container_memory_working_set_bytes", "gauge", "Current working set in bytes.", s => s.Memory is { } memory ? (memory.WorkingSetBytes, memory.At) : null);
        Each(text, all, "container_fs_usage_bytes", "gauge", "Number of bytes that are consumed by the container on this filesystem.", s => s.Container is { } c ? (c.Root.Bytes, reading.At) : null);
        Each(text, all, "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.", s => s.StartedAt is { } started ? (started.ToUnixTimeMilliseconds() / 1e3, reading.At) : null);
        Each(text, all, "container_processes", "gauge", "Number of processes running inside the container.", s => s is { Container: null, Pod.Processes: { } count } ? (count, reading.At) : null);
        Network(text, reading, "container_network_receive_bytes_total", "Cumulative count of bytes received", n => n.ReceivedBytes);
        Network(text, reading, "container_network_receive_errors_total", "Cumulative count of errors encountered while receiving", n => n.ReceiveErrors);
        Network(text, reading, "container_network_transmit_bytes_total", "Cumulative count of bytes transmitted", n => n.SentBytes);
        Network(text, reading, "container_network_transmit_errors_total", "Cumulative count of errors encountered while transmitting", n => n.SendErrors);
        return text
            .Family("machine_cpu_cores", "gauge", "Number of logical CPU cores.")
            .Sample("machine_cpu_cores", processors, reading.At)
            .Family("machine_memory_bytes", "gauge", "Amount of memory installed on the machine.")
            .Sample("machine_memory_bytes", memoryBytes, reading.At)
            .ToString();
    }

    private static IEnumerable<Subject> Subjects(PodReading pod) => pod.Containers
        .Select(c => new Subject(pod, c, c.Cpu, c.Memory, c.StartedAt))
        .Prepend(new Subject(pod, null, pod.Cpu, pod.Memory, pod.StartedAt));

    private static void Each(
        MetricsText text, List<Subject> all, string name, string type, string help, Func<Subject, (double Value, DateTimeOffset At)?> read, params (string, string)[] more)
    {
        text.Family(name, type, help);
        foreach (Subject subject in all)
        {
            if (read(subject) is (var value, var at))
            {
                (string, string)[] labels =
                [
                    ("container", subject.Container?.Name ?? ""), .. more, ("id", subject.Container?.Id ?? "/pod" + subject.Pod.Uid), ("image", subject.Container?.Image ?? ""),
                    ("name", subject.Container?.Id ?? ""), ("namespace", subject.Pod.Namespace), ("pod", subject.Pod.Name),
                ];
                text.Sample(name, value, at, labels);
            }
        }
    }

    private static void Network(MetricsText text, NodeReading reading, string name, string help, Func<NetworkReading, long> read)
    {
        text.Family(name, "counter", help);
        foreach (PodReading pod in reading.Pods)
        {
            foreach (NetworkReading network in pod.Network)
            {
                text.Sample(name, read(network), reading.At, ("container", ""), ("id", "/pod" + pod.Uid), ("image", ""), ("interface", network.Name), ("name", ""), ("namespace", pod.Namespace), ("pod", pod.Name));
            }
        }
    }

    private sealed record Subject(PodReading Pod, ContainerReading? Container, CpuReading? Cpu, MemoryReading? Memory, DateTimeOffset? StartedAt);
}
