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
    private const string HugePages = "hugepages-";
    private const int NodeCriticalPriority = 2_000_001_000;

    private const long GuaranteedScore = -997;
    private const long BestEffortScore = 1000;

    /// <param name="pod">The pod, whose class counts.</param>
    /// <param name="container">One of its containers.</param>
    /// <param name="nodeMemoryBytes">The node's memory, of which a request is a part; 0 when it is not known.</param>
    /// <param name="groupsAreUnified">Whether the node has cgroups v2: then a container that runs out of memory ends as a whole.</param>
    public static Cri.LinuxContainerResources Of(Pod pod, Container container, long nodeMemoryBytes, bool groupsAreUnified)
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

        foreach ((string name, Quantity size) in container.Resources?.Limits ?? [])
        {
            if (name.StartsWith(HugePages, StringComparison.Ordinal) && Quantity.TryParse(name[HugePages.Length..], out Quantity page))
            {
                resources.HugepageLimits.Add(new Cri.HugepageLimit { PageSize = PageName(page.Value()), Limit = (ulong)size.Value() });
            }
        }

        if (groupsAreUnified)
        {
            resources.Unified["memory.oom.group"] = "1";
        }

        return resources;
    }

    /// <summary>A page size as the kernel's groups call it: 2MB.</summary>
    private static string PageName(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB"];
        int unit = 0;
        for (; unit < units.Length - 1 && bytes % 1024 == 0; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes}{units[unit]}");
    }

    private static long Shares(long milliCpu) => Math.Clamp(milliCpu * SharesPerCpu / 1000, MinShares, MaxShares);

    private static long OomScore(Pod pod, Container container, long nodeMemoryBytes)
    {
        string quality = QosClass.Of(pod);
        if (pod.Spec?.Priority >= NodeCriticalPriority || quality == QosClass.Guaranteed)
        {
            return GuaranteedScore;
        }

        if (quality == QosClass.BestEffort)
        {
            return BestEffortScore;
        }

        long score = Part(container, nodeMemoryBytes);
        if (container.IsSidecar() && pod.Containers().Count > 0)
        {
            // Not before the containers that it is there for.
            score = Math.Min(score, pod.Containers().Max(c => Part(c, nodeMemoryBytes)));
        }

        return Math.Clamp(score, BestEffortScore + GuaranteedScore, BestEffortScore - 1);
    }

    /// <summary>The more of the node's memory a container asks for, the later it goes.</summary>
    private static long Part(Container container, long nodeMemoryBytes) => nodeMemoryBytes > 0
        ? BestEffortScore - (BestEffortScore * (Get(container.Resources?.Requests, "memory") ?? Quantity.Zero).Value() / nodeMemoryBytes)
        : BestEffortScore;

    private static Quantity? Get(Dictionary<string, Quantity>? values, string name) =>
        values is not null && values.TryGetValue(name, out Quantity value) ? value : null;
}
