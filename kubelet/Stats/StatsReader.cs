using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Kubelet.Disks;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Volumes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Stats;

/// <summary>
/// Reads what node, pods and containers use: from the runtime, the kernel and the disk. Sizes of volumes, roots and logs are read again
/// once they are older than <paramref name="aggregation"/>; everything else each time. Thread-safe.
/// </summary>
internal sealed class StatsReader(
    ICriRuntime runtime, KubeletNode node, MachineFacts machine, VolumeManager volumes, Func<IReadOnlyList<Pod>> pods, TimeSpan aggregation, TimeProvider time)
{
    private static readonly TimeSpan ImageFsAfter = TimeSpan.FromSeconds(10);

    private readonly RateMeter _rates = new();
    private readonly SizeCache _sizes = new(aggregation, time);
    private volatile ImageFs? _imageFs;

    /// <exception cref="RpcException">The runtime does not answer.</exception>
    /// <exception cref="IOException">The kubelet's directory is not there.</exception>
    public async Task<NodeReading> ReadAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = time.GetUtcNow();
        (long selfCpu, long selfMemory, DateTimeOffset selfStarted) = MachineUsage.Self();
        long machineCpu = MachineUsage.CoreNanoSeconds();
        (FileSystemReading imageFs, DiskUsage images) = await ImageFsAsync(now, cancellation);
        return new NodeReading
        {
            At = now,
            StartedAt = MachineUsage.BootTime(),
            Cpu = new CpuReading(now, machineCpu, _rates.NanoCores("/", now, machineCpu)),
            Memory = MachineUsage.Memory(now, machine.MemoryBytes),
            KubeletCpu = new CpuReading(now, selfCpu, _rates.NanoCores("/kubelet", now, selfCpu)),
            KubeletMemory = new MemoryReading(now, selfMemory) { RssBytes = selfMemory, UsageBytes = selfMemory },
            KubeletStartedAt = selfStarted,
            Network = MachineUsage.Network(),
            Fs = FileSystems.Read(node.RootDirectory),
            ImageFs = imageFs,
            Images = images,
            MaxProcesses = machine.MaxProcesses,
            Processes = MachineFacts.Processes(),
            Pods = await PodsAsync(now, cancellation),
        };
    }

    /// <summary>How full the disk is that images are on.</summary>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public async Task<FileSystemReading> ReadImageFsAsync(CancellationToken cancellation) => (await ImageFsAsync(time.GetUtcNow(), cancellation)).Fs;

    private async Task<(FileSystemReading Fs, DiskUsage Images)> ImageFsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (_imageFs is { } known && now - known.At < ImageFsAfter)
        {
            return (FileSystems.Read(known.Path), known.Images);
        }

        Cri.FilesystemUsage? usage = (await runtime.ImageFsInfoAsync(cancellation)).ImageFilesystems.FirstOrDefault();
        // A runtime in another mount namespace may name a path that is not there; what it shares with the node is this disk then.
        string path = usage?.FsId?.Mountpoint is { Length: > 0 } mount && Directory.Exists(mount) ? mount : node.RootDirectory;
        DiskUsage images = new((long)(usage?.UsedBytes?.Value ?? 0), (long)(usage?.InodesUsed?.Value ?? 0));
        _imageFs = new ImageFs(now, path, images);
        return (FileSystems.Read(path), images);
    }

    private async Task<IReadOnlyList<PodReading>> PodsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        Cri.ContainerStatsFilter filter = new() { LabelSelector = { [KubeletLabels.Kubelet] = node.Name } };
        Cri.PodSandboxFilter sandboxFilter = new() { LabelSelector = { [KubeletLabels.Kubelet] = node.Name } };
        Cri.PodSandboxStatsFilter statsFilter = new() { LabelSelector = { [KubeletLabels.Kubelet] = node.Name } };
        Cri.ContainerFilter containerFilter = new() { LabelSelector = { [KubeletLabels.Kubelet] = node.Name } };
        IReadOnlyList<Cri.PodSandbox> sandboxes = await runtime.ListPodSandboxAsync(sandboxFilter, cancellation);
        ILookup<string, Cri.ContainerStats> containers = (await runtime.ListContainerStatsAsync(filter, cancellation))
            .ToLookup(c => Label(c.Attributes.Labels, KubeletLabels.PodUid), StringComparer.Ordinal);
        Dictionary<string, Cri.Container> created = (await runtime.ListContainersAsync(containerFilter, cancellation)).ToDictionary(c => c.Id, StringComparer.Ordinal);
        Dictionary<string, Cri.LinuxPodSandboxStats> linux = [];
        foreach (Cri.PodSandboxStats stats in await SandboxStatsAsync(statsFilter, cancellation))
        {
            linux[stats.Attributes.Id] = stats.Linux ?? new Cri.LinuxPodSandboxStats();
        }

        Dictionary<string, Pod> specs = pods().ToDictionary(p => p.Uid(), StringComparer.Ordinal);
        List<PodReading> all = [];
        foreach (Cri.PodSandbox sandbox in sandboxes
            .Where(s => s.State == Cri.PodSandboxState.SandboxReady)
            .OrderByDescending(s => s.CreatedAt)
            .DistinctBy(s => s.Metadata.Uid))
        {
            string uid = sandbox.Metadata.Uid;
            List<ContainerReading> read = [.. containers[uid].Select(c => Container(c, sandbox, created.GetValueOrDefault(c.Attributes.Id), now))];
            Cri.LinuxPodSandboxStats? more = linux.GetValueOrDefault(sandbox.Id);
            all.Add(new PodReading
            {
                Name = sandbox.Metadata.Name,
                Namespace = sandbox.Metadata.Namespace,
                Uid = uid,
                StartedAt = FromNanoseconds(sandbox.CreatedAt),
                Containers = read,
                Volumes = specs.TryGetValue(uid, out Pod? pod) ? [.. VolumesOf(pod)] : [],
                Cpu = PodCpu(uid, more, read, now),
                Memory = PodMemory(more, read, now),
                Network = [.. Interfaces(more?.Network)],
                Processes = (long?)more?.Process?.ProcessCount?.Value,
            });
        }

        return all;
    }

    private async Task<IReadOnlyList<Cri.PodSandboxStats>> SandboxStatsAsync(Cri.PodSandboxStatsFilter filter, CancellationToken cancellation)
    {
        try
        {
            return await runtime.ListPodSandboxStatsAsync(filter, cancellation);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            // Older runtimes count containers only.
            return [];
        }
    }

    private ContainerReading Container(Cri.ContainerStats stats, Cri.PodSandbox sandbox, Cri.Container? container, DateTimeOffset now)
    {
        long used = (long)(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0);
        DateTimeOffset at = stats.Cpu?.Timestamp is > 0 and var stamp ? FromNanoseconds(stamp) : now;
        string name = stats.Attributes.Metadata.Name;
        string logs = Path.Combine(node.LogDirectory, $"{sandbox.Metadata.Namespace}_{sandbox.Metadata.Name}_{sandbox.Metadata.Uid}", name);
        return new ContainerReading
        {
            Name = name,
            Id = stats.Attributes.Id,
            Image = container?.Image?.UserSpecifiedImage is { Length: > 0 } said ? said : container?.Image?.Image ?? "",
            StartedAt = container is null ? null : FromNanoseconds(container.CreatedAt),
            Cpu = stats.Cpu is null ? null : new CpuReading(at, used, (long?)stats.Cpu.UsageNanoCores?.Value ?? _rates.NanoCores(stats.Attributes.Id, at, used)),
            Memory = stats.Memory is null ? null : Memory(stats.Memory, now),
            Root = stats.WritableLayer is { } layer
                ? new DiskUsage((long)(layer.UsedBytes?.Value ?? 0), (long)(layer.InodesUsed?.Value ?? 0))
                : default,
            Logs = _sizes.Of(logs),
        };
    }

    /// <summary>Volumes that lie on the node, and claims' that are mounted on it.</summary>
    private IEnumerable<VolumeReading> VolumesOf(Pod pod)
    {
        string directory = Path.Combine(volumes.PodDirectory(pod.Uid()), "volumes");
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        foreach (string kind in Directory.EnumerateDirectories(directory))
        {
            foreach (string path in Directory.EnumerateDirectories(kind))
            {
                string name = Path.GetFileName(path);
                Volume? volume = pod.Spec?.Volumes?.Find(v => v.Name == name);
                if (volume is not null)
                {
                    yield return new VolumeReading(name, _sizes.Of(path), FileSystems.Read(path), volume.PersistentVolumeClaim?.ClaimName) { IsLocal = volume.IsLocal() };
                }
            }
        }
    }

    private CpuReading? PodCpu(string uid, Cri.LinuxPodSandboxStats? stats, List<ContainerReading> containers, DateTimeOffset now)
    {
        long used = stats?.Cpu?.UsageCoreNanoSeconds is { } own ? (long)own.Value : containers.Sum(c => c.Cpu?.CoreNanoSeconds ?? 0);
        DateTimeOffset at = stats?.Cpu?.Timestamp is > 0 and var stamp ? FromNanoseconds(stamp) : containers.Max(c => c.Cpu?.At) ?? now;
        return new CpuReading(at, used, (long?)stats?.Cpu?.UsageNanoCores?.Value ?? _rates.NanoCores("pod " + uid, at, used));
    }

    private static MemoryReading PodMemory(Cri.LinuxPodSandboxStats? stats, List<ContainerReading> containers, DateTimeOffset now) =>
        stats?.Memory is { } memory
            ? Memory(memory, now)
            : new MemoryReading(containers.Max(c => c.Memory?.At) ?? now, containers.Sum(c => c.Memory?.WorkingSetBytes ?? 0));

    private static MemoryReading Memory(Cri.MemoryUsage usage, DateTimeOffset now) =>
        new(usage.Timestamp > 0 ? FromNanoseconds(usage.Timestamp) : now, (long)(usage.WorkingSetBytes?.Value ?? 0))
        {
            AvailableBytes = (long?)usage.AvailableBytes?.Value,
            UsageBytes = (long?)usage.UsageBytes?.Value,
            RssBytes = (long?)usage.RssBytes?.Value,
            PageFaults = (long?)usage.PageFaults?.Value,
            MajorPageFaults = (long?)usage.MajorPageFaults?.Value,
        };

    private static IEnumerable<NetworkReading> Interfaces(Cri.NetworkUsage? usage)
    {
        IEnumerable<Cri.NetworkInterfaceUsage> all = usage is null ? [] : usage.DefaultInterface is { } main ? usage.Interfaces.Prepend(main) : usage.Interfaces;
        return all.DistinctBy(i => i.Name).Select(i => new NetworkReading(
            i.Name, (long)(i.RxBytes?.Value ?? 0), (long)(i.RxErrors?.Value ?? 0), (long)(i.TxBytes?.Value ?? 0), (long)(i.TxErrors?.Value ?? 0)));
    }

    private static DateTimeOffset FromNanoseconds(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static string Label(IDictionary<string, string> labels, string name) => labels.TryGetValue(name, out string? value) ? value : "";

    /// <summary>Where the runtime says that images are, and what they take.</summary>
    private sealed record ImageFs(DateTimeOffset At, string Path, DiskUsage Images);
}
