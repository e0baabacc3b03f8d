using System.Text.Json.Nodes;
using Kube.Kubelet.Disks;

namespace Kube.Kubelet.Stats;

/// <summary>Readings in the form of Kubernetes' /stats/summary (stats/v1alpha1). What was not read is left out. Pure.</summary>
internal static class SummaryJson
{
    /// <param name="nodeName">The node's name.</param>
    /// <param name="reading">What was read.</param>
    /// <param name="onlyCpuAndMemory">Leaves everything else out, as ?only_cpu_and_memory=true asks.</param>
    public static JsonObject Write(string nodeName, NodeReading reading, bool onlyCpuAndMemory)
    {
        JsonObject node = new()
        {
            ["nodeName"] = nodeName,
            ["systemContainers"] = new JsonArray(
                SystemContainer("kubelet", reading.KubeletStartedAt, reading.KubeletCpu, reading.KubeletMemory),
                SystemContainer("pods", reading.StartedAt, PodsCpu(reading), PodsMemory(reading))),
            ["startTime"] = Stamp(reading.StartedAt),
            ["cpu"] = Cpu(reading.Cpu),
            ["memory"] = Memory(reading.Memory),
        };
        if (!onlyCpuAndMemory)
        {
            Put(node, "network", Network(reading.Network, reading.At));
            node["fs"] = FileSystem(reading.Fs, new DiskUsage(reading.Fs.UsedBytes, reading.Fs.InodesUsed), reading.At);
            node["runtime"] = new JsonObject
            {
                ["imageFs"] = FileSystem(reading.ImageFs, reading.Images, reading.At),
                ["containerFs"] = FileSystem(reading.ImageFs, reading.Pods.SelectMany(p => p.Containers).Aggregate(new DiskUsage(), (sum, c) => sum + c.Root), reading.At),
            };
            node["rlimit"] = new JsonObject { ["time"] = Stamp(reading.At), ["maxpid"] = reading.MaxProcesses, ["curproc"] = reading.Processes };
        }

        return new JsonObject { ["node"] = node, ["pods"] = new JsonArray([.. reading.Pods.Select(p => Pod(p, reading, onlyCpuAndMemory))]) };
    }

    private static JsonNode Pod(PodReading pod, NodeReading reading, bool onlyCpuAndMemory)
    {
        JsonObject json = new()
        {
            ["podRef"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace, ["uid"] = pod.Uid },
            ["startTime"] = Stamp(pod.StartedAt),
            ["containers"] = new JsonArray([.. pod.Containers.Select(c => Container(c, reading, onlyCpuAndMemory))]),
        };
        Put(json, "cpu", pod.Cpu is { } cpu ? Cpu(cpu) : null);
        Put(json, "memory", pod.Memory is { } memory ? Memory(memory) : null);
        if (onlyCpuAndMemory)
        {
            return json;
        }

        Put(json, "network", Network(pod.Network, reading.At));
        if (pod.Volumes.Count > 0)
        {
            json["volume"] = new JsonArray([.. pod.Volumes.Select(v => Volume(v, pod.Namespace, reading.At))]);
        }

        json["ephemeral-storage"] = FileSystem(reading.Fs, pod.Disk, reading.At);
        if (pod.Processes is { } processes)
        {
            json["process_stats"] = new JsonObject { ["process_count"] = processes };
        }

        return json;
    }

    private static JsonObject Container(ContainerReading container, NodeReading reading, bool onlyCpuAndMemory)
    {
        JsonObject json = new() { ["name"] = container.Name };
        Put(json, "startTime", container.StartedAt is { } started ? Stamp(started) : null);
        Put(json, "cpu", container.Cpu is { } cpu ? Cpu(cpu) : null);
        Put(json, "memory", container.Memory is { } memory ? Memory(memory) : null);
        if (!onlyCpuAndMemory)
        {
            json["rootfs"] = FileSystem(reading.ImageFs, container.Root, reading.At);
            json["logs"] = FileSystem(reading.Fs, container.Logs, reading.At);
        }

        return json;
    }

    private static JsonNode Volume(VolumeReading volume, string ns, DateTimeOffset at)
    {
        JsonObject json = FileSystem(volume.FileSystem, volume.Used, at);
        json["name"] = volume.Name;
        if (volume.ClaimName is { } claim)
        {
            json["pvcRef"] = new JsonObject { ["name"] = claim, ["namespace"] = ns };
        }

        return json;
    }

    private static JsonObject SystemContainer(string name, DateTimeOffset started, CpuReading cpu, MemoryReading memory) => new()
    {
        ["name"] = name,
        ["startTime"] = Stamp(started),
        ["cpu"] = Cpu(cpu),
        ["memory"] = Memory(memory),
    };

    private static CpuReading PodsCpu(NodeReading reading) => new(
        reading.At,
        reading.Pods.Sum(p => p.Cpu?.CoreNanoSeconds ?? 0),
        reading.Pods.All(p => p.Cpu?.NanoCores is not null) ? reading.Pods.Sum(p => p.Cpu!.NanoCores!.Value) : null);

    private static MemoryReading PodsMemory(NodeReading reading) => new(reading.At, reading.Pods.Sum(p => p.Memory?.WorkingSetBytes ?? 0));

    private static JsonObject Cpu(CpuReading cpu)
    {
        JsonObject json = new() { ["time"] = Stamp(cpu.At) };
        Put(json, "usageNanoCores", cpu.NanoCores);
        json["usageCoreNanoSeconds"] = cpu.CoreNanoSeconds;
        return json;
    }

    private static JsonObject Memory(MemoryReading memory)
    {
        JsonObject json = new() { ["time"] = Stamp(memory.At) };
        Put(json, "availableBytes", memory.AvailableBytes);
        Put(json, "usageBytes", memory.UsageBytes);
        json["workingSetBytes"] = memory.WorkingSetBytes;
        Put(json, "rssBytes", memory.RssBytes);
        Put(json, "pageFaults", memory.PageFaults);
        Put(json, "majorPageFaults", memory.MajorPageFaults);
        return json;
    }

    private static JsonObject FileSystem(FileSystemReading fs, DiskUsage used, DateTimeOffset at) => new()
    {
        ["time"] = Stamp(at),
        ["availableBytes"] = fs.AvailableBytes,
        ["capacityBytes"] = fs.CapacityBytes,
        ["usedBytes"] = used.Bytes,
        ["inodesFree"] = fs.InodesFree,
        ["inodes"] = fs.Inodes,
        ["inodesUsed"] = used.Inodes,
    };

    private static JsonObject? Network(IReadOnlyList<NetworkReading> all, DateTimeOffset at)
    {
        if (all.Count == 0)
        {
            return null;
        }

        JsonObject json = Interface(all[0]);
        json["time"] = Stamp(at);
        json["interfaces"] = new JsonArray([.. all.Select(Interface)]);
        return json;
    }

    private static JsonObject Interface(NetworkReading reading) => new()
    {
        ["name"] = reading.Name,
        ["rxBytes"] = reading.ReceivedBytes,
        ["rxErrors"] = reading.ReceiveErrors,
        ["txBytes"] = reading.SentBytes,
        ["txErrors"] = reading.SendErrors,
    };

    private static void Put(JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    private static string Stamp(DateTimeOffset at) => new Api.Values.Time(at).ToString();
}
