using Kube.Kubelet.Disks;
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
        ProcessSnapshot processes = ProcessTable.Snapshot();
        foreach (ProcessContainer container in _containers.Values)
        {
            if (container.Record.Stage == ContainerStage.Running
                && (filter is null
                    || ((filter.Id.Length == 0 || container.Id == filter.Id)
                        && (filter.PodSandboxId.Length == 0 || container.Record.SandboxId == filter.PodSandboxId)
                        && Matches(filter.LabelSelector, container.Config.Labels))))
            {
                all.Add(StatsOf(container, Members(container, processes)));
            }
        }

        return Task.FromResult<IReadOnlyList<ContainerStats>>(all);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PodSandboxStats>> ListPodSandboxStatsAsync(PodSandboxStatsFilter? filter, CancellationToken cancellation)
    {
        List<PodSandboxStats> all = [];
        ProcessSnapshot processes = ProcessTable.Snapshot();
        ILookup<string, ProcessContainer> running = _containers.Values
            .Where(c => c.Record.Stage == ContainerStage.Running)
            .ToLookup(c => c.Record.SandboxId, StringComparer.Ordinal);
        foreach (ProcessSandbox sandbox in _sandboxes.Values)
        {
            if (sandbox.Record.Ready
                && (filter is null
                    || ((filter.Id.Length == 0 || sandbox.Id == filter.Id) && Matches(filter.LabelSelector, sandbox.Config.Labels))))
            {
                all.Add(StatsOf(sandbox, running[sandbox.Id], processes));
            }
        }

        return Task.FromResult<IReadOnlyList<PodSandboxStats>>(all);
    }

    private static List<ProcessTable.Entry> Members(ProcessContainer container, ProcessSnapshot processes) =>
        processes.Members(container.Id, container.Supervisor, container.ReadPids()?.Main ?? 0);

    /// <summary>A sandbox has no network of its own to count.</summary>
    private PodSandboxStats StatsOf(ProcessSandbox sandbox, IEnumerable<ProcessContainer> containers, ProcessSnapshot processes)
    {
        long now = NowNanoseconds();
        LinuxPodSandboxStats linux = new();
        ulong count = 0;
        foreach (ProcessContainer container in containers)
        {
            List<ProcessTable.Entry> members = Members(container, processes);
            count += (ulong)members.Count;
            linux.Containers.Add(StatsOf(container, members));
        }

        linux.Cpu = new CpuUsage
        {
            Timestamp = now,
            UsageCoreNanoSeconds = new UInt64Value { Value = Sum(linux, static c => c.Cpu.UsageCoreNanoSeconds) },
        };
        linux.Memory = new MemoryUsage
        {
            Timestamp = now,
            WorkingSetBytes = new UInt64Value { Value = Sum(linux, static c => c.Memory.WorkingSetBytes) },
            RssBytes = new UInt64Value { Value = Sum(linux, static c => c.Memory.RssBytes) },
            UsageBytes = new UInt64Value { Value = Sum(linux, static c => c.Memory.UsageBytes) },
        };
        linux.Process = new ProcessUsage { Timestamp = now, ProcessCount = new UInt64Value { Value = count } };
        PodSandboxStats stats = new() { Attributes = new PodSandboxAttributes { Id = sandbox.Id, Metadata = sandbox.Config.Metadata }, Linux = linux };
        stats.Attributes.Labels.Add(sandbox.Config.Labels);
        stats.Attributes.Annotations.Add(sandbox.Config.Annotations);
        return stats;
    }

    private static ulong Sum(LinuxPodSandboxStats stats, Func<ContainerStats, UInt64Value> value) =>
        stats.Containers.Aggregate(0UL, (sum, c) => sum + value(c).Value);

    private ContainerStats StatsOf(ProcessContainer container, List<ProcessTable.Entry> members)
    {
        ulong resident = (ulong)members.Sum(m => m.ResidentPages * Environment.SystemPageSize);
        long now = NowNanoseconds();
        DiskUsage written = DirectoryUsage.Of(container.Root);
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
            WritableLayer = new FilesystemUsage
            {
                Timestamp = now,
                FsId = new FilesystemIdentifier { Mountpoint = _options.RootDirectory },
                UsedBytes = new UInt64Value { Value = (ulong)written.Bytes },
                InodesUsed = new UInt64Value { Value = (ulong)written.Inodes },
            },
        };
        stats.Attributes.Labels.Add(container.Config.Labels);
        stats.Attributes.Annotations.Add(container.Config.Annotations);
        return stats;
    }
}
