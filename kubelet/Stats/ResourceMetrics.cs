namespace Kube.Kubelet.Stats;

/// <summary>Readings as /metrics/resource has them: Kubernetes' names, labels and order. Pure.</summary>
internal static class ResourceMetrics
{
    private const double Nanoseconds = 1e9;

    /// <summary>The page; of a failed reading (null) only that it failed.</summary>
    public static string Write(NodeReading? reading)
    {
        MetricsText text = new();
        if (reading is not null)
        {
            Containers(text, reading);
            text.Family("node_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the node in core-seconds")
                .Sample("node_cpu_usage_seconds_total", reading.Cpu.CoreNanoSeconds / Nanoseconds, reading.Cpu.At)
                .Family("node_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the node in bytes")
                .Sample("node_memory_working_set_bytes", reading.Memory.WorkingSetBytes, reading.Memory.At);
            Pods(text, reading);
        }

        return text
            .Family("resource_scrape_error", "gauge", "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise")
            .Sample("resource_scrape_error", reading is null ? 1 : 0, null)
            .ToString();
    }

    private static void Containers(MetricsText text, NodeReading reading)
    {
        List<(PodReading Pod, ContainerReading Container)> all = [.. reading.Pods.SelectMany(p => p.Containers.Select(c => (p, c)))];
        text.Family("container_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the container in core-seconds");
        foreach ((PodReading pod, ContainerReading container) in all.Where(c => c.Container.Cpu is not null))
        {
            text.Sample("container_cpu_usage_seconds_total", container.Cpu!.CoreNanoSeconds / Nanoseconds, container.Cpu.At, ("container", container.Name), ("namespace", pod.Namespace), ("pod", pod.Name));
        }

        text.Family("container_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the container in bytes");
        foreach ((PodReading pod, ContainerReading container) in all.Where(c => c.Container.Memory is not null))
        {
            text.Sample("container_memory_working_set_bytes", container.Memory!.WorkingSetBytes, container.Memory.At, ("container", container.Name), ("namespace", pod.Namespace), ("pod", pod.Name));
        }

        text.Family("container_start_time_seconds", "gauge", "[STABLE] Start time of the container since unix epoch in seconds");
        foreach ((PodReading pod, ContainerReading container) in all.Where(c => c.Container.StartedAt is not null))
        {
            text.Sample("container_start_time_seconds", container.StartedAt!.Value.ToUnixTimeMilliseconds() / 1e3, null, ("container", container.Name), ("namespace", pod.Namespace), ("pod", pod.Name));
        }
    }

    private static void Pods(MetricsText text, NodeReading reading)
    {
        text.Family("pod_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the pod in core-seconds");
        foreach (PodReading pod in reading.Pods.Where(p => p.Cpu is not null))
        {
            text.Sample("pod_cpu_usage_seconds_total", pod.Cpu!.CoreNanoSeconds / Nanoseconds, pod.Cpu.At, ("namespace", pod.Namespace), ("pod", pod.Name));
        }

        text.Family("pod_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the pod in bytes");
        foreach (PodReading pod in reading.Pods.Where(p => p.Memory is not null))
        {
            text.Sample("pod_memory_working_set_bytes", pod.Memory!.WorkingSetBytes, pod.Memory.At, ("namespace", pod.Namespace), ("pod", pod.Name));
        }
    }
}
