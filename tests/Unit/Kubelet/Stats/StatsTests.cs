using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Kubelet.Disks;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Stats;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Stats;

public sealed partial class StatsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kube-stats").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_directory_takes_what_du_says_links_not_followed_and_second_names_not_counted()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "sub"));
        File.WriteAllBytes(Path.Combine(_directory, "a"), new byte[100_000]);
        File.WriteAllBytes(Path.Combine(_directory, "sub", "b"), new byte[5_000]);
        File.CreateSymbolicLink(Path.Combine(_directory, "link"), "/usr");
        Assert.Equal(0, Link(Path.Combine(_directory, "a"), Path.Combine(_directory, "again")));

        DiskUsage usage = DirectoryUsage.Of(_directory);

        Assert.InRange(usage.Bytes, 105_000, 150_000);
        Assert.Equal(5, usage.Inodes);
    }

    [Fact]
    public void What_is_not_there_takes_nothing() => Assert.Equal(default, DirectoryUsage.Of(Path.Combine(_directory, "gone")));

    [Fact]
    public void A_file_system_has_room_for_no_more_than_it_holds()
    {
        FileSystemReading fs = FileSystems.Read(_directory);

        Assert.InRange(fs.AvailableBytes, 1, fs.CapacityBytes);
        Assert.InRange(fs.UsedBytes, 1, fs.CapacityBytes);
        Assert.Equal(fs.Id, FileSystems.Read(Path.GetTempPath()).Id);
        Assert.NotEqual(fs.Id, FileSystems.Read("/proc").Id);
        Assert.Throws<IOException>(() => FileSystems.Read(Path.Combine(_directory, "gone")));
    }

    [Fact]
    public void The_rate_is_between_looks_a_second_apart()
    {
        RateMeter meter = new();

        Assert.Null(meter.NanoCores("a", Pods.Now, 1_000));
        Assert.Null(meter.NanoCores("a", Pods.Now.AddMilliseconds(500), 2_000));
        Assert.Equal(500, meter.NanoCores("a", Pods.Now.AddSeconds(2), 2_000));
        Assert.Null(meter.NanoCores("b", Pods.Now.AddSeconds(2), 2_000));
    }

    [Fact]
    public void Processor_time_and_interfaces_are_read_as_the_kernel_writes_them()
    {
        Assert.Equal((10L + 1 + 5 + 3 + 2) * 10_000_000, MachineUsage.CoreNanoSeconds("cpu  10 1 5 1000 7 3 2 99 0 0"));
        Assert.Equal(
            new NetworkReading("eth0", 1234, 2, 99, 3),
            MachineUsage.ParseInterface("  eth0: 1234 10 2 0 0 0 0 0       99 7 3 0 0 0 0 0"));
    }

    [Fact]
    public void Memory_that_files_were_read_into_is_free_once_it_is_not_used_of_late()
    {
        MemoryReading memory = MachineUsage.Memory(
            Pods.Now,
            1000 << 10,
            new Dictionary<string, long> { ["MemFree"] = 500, ["MemAvailable"] = 800, ["Inactive(file)"] = 100, ["Active(file)"] = 200 },
            new Dictionary<string, long>());
        Assert.Equal((400L << 10, 600L << 10, 500L << 10), (memory.WorkingSetBytes, memory.AvailableBytes!.Value, memory.UsageBytes!.Value));
    }

    [Theory]
    [InlineData("4194304", "192725", 192725)]
    [InlineData("32768", "192725", 32768)]
    [InlineData("", "192725", 192725)]
    [InlineData("", "", 32768)]
    public void A_machine_has_as_many_tasks_as_its_least_limit_allows(string processIds, string threads, long most) =>
        Assert.Equal(most, MachineFacts.MostTasks(processIds, threads));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1m30s", 90_000)]
    [InlineData("5m0s", 300_000)]
    [InlineData("1h0m0.5s", 3_600_500)]
    [InlineData("250ms", 250)]
    [InlineData("-2s", -2_000)]
    public void Durations_are_read_as_Go_writes_them(string text, int milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out TimeSpan value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1x")]
    [InlineData("1 s")]
    [InlineData("--1s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void What_is_written_as_a_duration_is_read_as_the_same() => Prop.ForAll<uint>(milliseconds =>
    {
        TimeSpan value = TimeSpan.FromMilliseconds(milliseconds);
        Assert.True(GoDuration.TryParse(GoDuration.Format(value), out TimeSpan read));
        Assert.Equal(value.TotalMilliseconds, read.TotalMilliseconds, 0.001);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_summary_has_Kubernetes_shape()
    {
        JsonObject json = SummaryJson.Write("n", Reading(), onlyCpuAndMemory: false);
        JsonNode pod = json["pods"]![0]!;

        Assert.Equal("n", json["node"]!["nodeName"]!.GetValue<string>());
        Assert.Equal(["kubelet", "pods"], json["node"]!["systemContainers"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()));
        Assert.Equal(3_000_000_000, json["node"]!["cpu"]!["usageCoreNanoSeconds"]!.GetValue<long>());
        Assert.Equal(1000, json["node"]!["fs"]!["capacityBytes"]!.GetValue<long>());
        Assert.Equal(1000, json["node"]!["runtime"]!["imageFs"]!["capacityBytes"]!.GetValue<long>());
        Assert.Equal(77, json["node"]!["rlimit"]!["curproc"]!.GetValue<long>());
        Assert.Equal("""{"name":"web","namespace":"default","uid":"u1"}""", pod["podRef"]!.ToJsonString());
        Assert.Equal(64, pod["containers"]![0]!["memory"]!["workingSetBytes"]!.GetValue<long>());
        Assert.Equal(11, pod["containers"]![0]!["rootfs"]!["usedBytes"]!.GetValue<long>());
        Assert.Equal(7, pod["containers"]![0]!["logs"]!["usedBytes"]!.GetValue<long>());
        Assert.Equal("data", pod["volume"]![1]!["pvcRef"]!["name"]!.GetValue<string>());
        Assert.Equal(11 + 7 + 5, pod["ephemeral-storage"]!["usedBytes"]!.GetValue<long>());
        Assert.Equal(4, pod["process_stats"]!["process_count"]!.GetValue<long>());
        Assert.Equal(9, pod["network"]!["rxBytes"]!.GetValue<long>());
    }

    [Fact]
    public void The_summary_can_be_asked_for_processor_and_memory_alone()
    {
        JsonObject json = SummaryJson.Write("n", Reading(), onlyCpuAndMemory: true);

        Assert.Equal(["podRef", "startTime", "containers", "cpu", "memory"], json["pods"]![0]!.AsObject().Select(p => p.Key));
        Assert.False(json["node"]!.AsObject().ContainsKey("fs"));
    }

    [Fact]
    public void The_resource_metrics_have_Kubernetes_names_labels_and_times()
    {
        string text = ResourceMetrics.Write(Reading());

        Assert.Contains("# TYPE container_cpu_usage_seconds_total counter\ncontainer_cpu_usage_seconds_total{container=\"a\",namespace=\"default\",pod=\"web\"} 1.5 1767323045000\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnode_memory_working_set_bytes 600 1767323045000\n", text, StringComparison.Ordinal);
        Assert.Contains("\npod_memory_working_set_bytes{namespace=\"default\",pod=\"web\"} 64 1767323045000\n", text, StringComparison.Ordinal);
        Assert.EndsWith("resource_scrape_error 0\n", text, StringComparison.Ordinal);
        Assert.EndsWith("resource_scrape_error 1\n", ResourceMetrics.Write(null), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cadvisor_metrics_have_its_names_and_labels()
    {
        string text = CadvisorMetrics.Write(Reading(), processors: 2, memoryBytes: 1000);

        Assert.Contains("container_cpu_usage_seconds_total{container=\"a\",cpu=\"total\",id=\"c1\",image=\"busybox\",name=\"c1\",namespace=\"default\",pod=\"web\"} 1.5 ", text, StringComparison.Ordinal);
        Assert.Contains("container_memory_working_set_bytes{container=\"\",id=\"/podu1\",image=\"\",name=\"\",namespace=\"default\",pod=\"web\"} 64 ", text, StringComparison.Ordinal);
        Assert.Contains("container_network_receive_bytes_total{container=\"\",id=\"/podu1\",image=\"\",interface=\"eth0\",name=\"\",namespace=\"default\",pod=\"web\"} 9 ", text, StringComparison.Ordinal);
        Assert.Contains("machine_cpu_cores 2 ", text, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    private static NodeReading Reading()
    {
        CpuReading cpu = new(Pods.Now, 1_500_000_000, 1_000);
        MemoryReading memory = new(Pods.Now, 64) { RssBytes = 60, UsageBytes = 70 };
        FileSystemReading fs = new() { CapacityBytes = 1000, AvailableBytes = 400, UsedBytes = 600, Inodes = 10, InodesFree = 5, Id = 1 };
        return new NodeReading
        {
            At = Pods.Now,
            StartedAt = Pods.Now,
            Cpu = new CpuReading(Pods.Now, 3_000_000_000, null),
            Memory = new MemoryReading(Pods.Now, 600) { AvailableBytes = 400 },
            KubeletCpu = cpu,
            KubeletMemory = memory,
            Fs = fs,
            ImageFs = fs,
            MaxProcesses = 100,
            Processes = 77,
            Pods =
            [
                new PodReading
                {
                    Name = "web",
                    Namespace = "default",
                    Uid = "u1",
                    StartedAt = Pods.Now,
                    Cpu = cpu,
                    Memory = memory,
                    Processes = 4,
                    Network = [new NetworkReading("eth0", 9, 0, 8, 0)],
                    Containers =
                    [
                        new ContainerReading
                        {
                            Name = "a", Id = "c1", Image = "busybox", StartedAt = Pods.Now, Cpu = cpu, Memory = memory, Root = new DiskUsage(11, 1), Logs = new DiskUsage(7, 1),
                        },
                    ],
                    Volumes = [new VolumeReading("scratch", new DiskUsage(5, 1), fs, null) { IsLocal = true }, new VolumeReading("pv", new DiskUsage(50, 1), fs, "data")],
                },
            ],
        };
    }
}
