using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

public sealed partial class ProcessRuntime
{
    /// <summary>Linux reports process times in hundredths of a second to every program.</summary>
    private const long NanosecondsPerTick = 10_000_000;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerStatsFilter? filter, CancellationToken cancellation)
    {
        List<ContainerStats> all = [];
        foreach (ProcessContainer container in _containers.Values)
        {
            if (container.Record.Stage == ContainerStage.Running
                && (filter is null
                    || ((filter.Id.Length == 0 || container.Id == filter.Id)
                        && (filter.PodSandboxId.Length == 0 || container.Record.SandboxId == filter.PodSandboxId)
                        && Matches(filter.LabelSelector, container.Config.Labels))))
            {
                all.Add(StatsOf(container));
            }
        }

        return Task.FromResult<IReadOnlyList<ContainerStats>>(all);
    }

    private ContainerStats StatsOf(ProcessContainer container)
    {
        List<ProcessTable.Entry> members = ProcessTable.Members(container.Id, container.Supervisor, container.ReadPids()?.Main ?? 0);
        ulong resident = (ulong)members.Sum(m => m.ResidentPages * Environment.SystemPageSize);
        long now = NowNanoseconds();
        ContainerStats stats = new()
        {
            Attributes = new ContainerAttributes { Id = container.Id, Metadata = container.Config.Metadata },
            Cpu = new CpuUsage
            {
                Timestamp = now,
                UsageCoreNanoSeconds = new UInt64Value { Value = (ulong)members.Sum(m => (m.UserTicks + m.SystemTicks) * NanosecondsPerTick) },
            },
            Memory = new MemoryUsage
            {
                Timestamp = now,
                WorkingSetBytes = new UInt64Value { Value = resident },
                RssBytes = new UInt64Value { Value = resident },
                UsageBytes = new UInt64Value { Value = resident },
            },
        };
        stats.Attributes.Labels.Add(container.Config.Labels);
        stats.Attributes.Annotations.Add(container.Config.Annotations);
        return stats;
    }
}
