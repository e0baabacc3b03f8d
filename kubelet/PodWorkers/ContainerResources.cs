using Kube.Api.Core.V1;
using Kube.Api.Values;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A container's requests and limits in the kernel's terms, by Kubernetes' rules. Pure.</summary>
internal static class ContainerResources
{
    private const long MinShares = 2;
    private const long MaxShares = 262144;
    private const long SharesPerCpu = 1024;
    private const long PeriodMicroseconds = 100_000;
    private const long MinQuotaMicroseconds = 1_000;

    public static Cri.LinuxContainerResources Of(Pod pod, Container container, long nodeMemoryBytes)
    {
        Quantity? cpuLimit = Get(container.Resources?.Limits, "cpu");
        Quantity? cpuRequest = Get(container.Resources?.Requests, "cpu") ?? cpuLimit;
        Quantity? memoryLimit = Get(container.Resources?.Limits, "memory");
        Cri.LinuxContainerResources resources = new()
        {
            CpuShares = Shares(cpuRequest?.MilliValue() ?? 0),
            OomScoreAdj = OomScore(pod, container, nodeMemoryBytes),
        };
        if (cpuLimit is { IsZero: false } limit)
        {
            resources.CpuPeriod = PeriodMicroseconds;
            resources.CpuQuota = Math.Max(MinQuotaMicroseconds, limit.MilliValue() * PeriodMicroseconds / 1000);
        }

        if (memoryLimit is { IsZero: false } bytes)
        {
            resources.MemoryLimitInBytes = bytes.Value();
        }

        return resources;
    }

    private static long Shares(long milliCpu) => Math.Clamp(milliCpu * SharesPerCpu / 1000, MinShares, MaxShares);

    private static long OomScore(Pod pod, Container container, long nodeMemoryBytes)
    {
        switch (QosClass.Of(pod))
        {
            case QosClass.Guaranteed:
                return -997;
            case QosClass.BestEffort:
                return 1000;
        }

        long request = (Get(container.Resources?.Requests, "memory") ?? Quantity.Zero).Value();
        long score = nodeMemoryBytes > 0 ? 1000 - (1000 * request / nodeMemoryBytes) : 1000;
        return score < 1000 - 997 ? 1000 - 997 : score == 1000 ? 999 : score;
    }

    private static Quantity? Get(Dictionary<string, Quantity>? values, string name) =>
        values is not null && values.TryGetValue(name, out Quantity value) ? value : null;
}
