using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Client.Events;
using Kube.Kubelet.Disks;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Stats;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Eviction;

public class EvictionManagerTests
{
    private const long Gibi = 1L << 30;

    private readonly ManualTimeProvider _time = new(Pods.Now);
    private readonly FakeNode _node = new();
    private readonly RecordedEvents _events = new();

    [Fact]
    public async Task A_node_with_room_evicts_nobody()
    {
        EvictionManager manager = New();

        Assert.False(await manager.LookAsync(CancellationToken.None));

        Assert.Empty(manager.Conditions);
        Assert.Empty(_node.Evicted);
    }

    [Fact]
    public async Task Short_memory_costs_one_pod_a_look_the_largest_above_its_request_first()
    {
        EvictionManager manager = New();
        int changes = 0;
        manager.Changed = () => changes++;
        _node.Add("small", memoryBytes: 10);
        _node.Add("large", memoryBytes: 1000);
        _node.AvailableMemory = 50L << 20;

        Assert.True(await manager.LookAsync(CancellationToken.None));

        (string name, PodEnd end) = Assert.Single(_node.Evicted);
        Assert.Equal("large", name);
        Assert.Equal(("Evicted", 1L, "TerminationByKubelet"), (end.Reason, end.GraceSeconds, end.Disruption));
        Assert.StartsWith("The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. ", end.Message, StringComparison.Ordinal);
        Assert.Equal(["MemoryPressure"], manager.Conditions);
        Assert.Equal(1, changes);
        Assert.Contains(("EvictionThresholdMet", "Attempting to reclaim memory"), _events.All);
        Assert.Contains(_events.All, e => e.Reason == "Evicted");
    }

    [Fact]
    public async Task Critical_pods_stay()
    {
        EvictionManager manager = New();
        _node.Add("critical", memoryBytes: 1000).Spec!.Priority = 2_000_001_000;
        _node.AvailableMemory = 1;

        Assert.False(await manager.LookAsync(CancellationToken.None));
        Assert.Empty(_node.Evicted);
    }

    [Fact]
    public async Task A_full_disk_is_cleaned_first_and_that_may_be_enough()
    {
        EvictionManager manager = New();
        _node.Add("pod", memoryBytes: 10);
        _node.AvailableDisk = 5 * Gibi;
        _node.OnReclaim = () => _node.AvailableDisk = 50 * Gibi;

        Assert.False(await manager.LookAsync(CancellationToken.None));
        Assert.Equal(1, _node.Reclaims);
        Assert.Empty(_node.Evicted);
        Assert.Equal(["DiskPressure"], manager.Conditions);

        _node.AvailableDisk = 5 * Gibi;
        _node.OnReclaim = static () => { };
        Assert.True(await manager.LookAsync(CancellationToken.None));
        Assert.Single(_node.Evicted);
    }

    [Fact]
    public async Task Every_pod_beyond_its_own_limit_goes_though_the_node_has_room()
    {
        EvictionManager manager = New();
        foreach (string name in (string[])["a", "b"])
        {
            Pod pod = _node.Add(name, logBytes: 2 << 20);
            pod.Spec!.Containers![0].Resources = new ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["ephemeral-storage"] = Quantity.Parse("1Mi") } };
        }

        Assert.True(await manager.LookAsync(CancellationToken.None));

        Assert.Equal(["a", "b"], _node.Evicted.Select(e => e.Pod).Order());
        Assert.All(_node.Evicted, e => Assert.Null(e.End.Disruption));
        Assert.Empty(manager.Conditions);
    }

    [Fact]
    public async Task A_soft_threshold_gives_pods_the_configured_grace()
    {
        EvictionManager manager = New(soft: "1Gi", grace: 40);
        _node.Add("pod", memoryBytes: 10);
        _node.AvailableMemory = 500L << 20;

        Assert.False(await manager.LookAsync(CancellationToken.None));
        Assert.Equal(["MemoryPressure"], manager.Conditions);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await manager.LookAsync(CancellationToken.None));

        Assert.Equal(40, Assert.Single(_node.Evicted).End.GraceSeconds);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(0, 0)]
    [InlineData(60, 40)]
    public async Task A_soft_threshold_gives_a_pod_no_more_than_its_own_grace(long own, long given)
    {
        EvictionManager manager = New(soft: "1Gi", grace: 40);
        _node.Add("pod", memoryBytes: 10).Spec!.TerminationGracePeriodSeconds = own;
        _node.AvailableMemory = 500L << 20;

        await manager.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(30));
        await manager.LookAsync(CancellationToken.None);

        Assert.Equal(given, Assert.Single(_node.Evicted).End.GraceSeconds);
    }

    [Fact]
    public async Task The_loop_looks_every_period_and_survives_a_failed_look()
    {
        EvictionManager manager = New();
        using CancellationTokenSource stop = new();
        _node.Failure = new IOException("no disk");
        Task running = manager.RunAsync(stop.Token);
        await Eventually.HoldsAsync(() => _time.PendingTimers == 1, "the loop waits");
        _node.Failure = null;
        _node.AvailableMemory = 1;
        _node.Add("pod", memoryBytes: 10);

        _time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.HoldsAsync(() => _node.Evicted.Count > 0, "a pod is evicted");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private EvictionManager New(string? soft = null, long grace = 0) => new(
        new EvictionOptions
        {
            Thresholds = EvictionThresholds.Parse(
                EvictionThresholds.DefaultHard,
                soft is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["memory.available"] = soft },
                new Dictionary<string, string> { ["memory.available"] = "30s" },
                new Dictionary<string, string>()),
            MaxPodGraceSeconds = grace,
        },
        _node,
        _events,
        new KubeletNode
        {
            Name = "n",
            Address = System.Net.IPAddress.Loopback,
            RootDirectory = "/",
            Allocatable = new Dictionary<string, Quantity>(),
            MemoryBytes = 8 * Gibi,
        },
        reservedMemoryBytes: 0,
        _time,
        NullLogger.Instance);

    private sealed class FakeNode : IEvictionActions
    {
        private readonly List<(Pod Pod, PodReading Reading)> _pods = [];

        public long AvailableMemory { get; set; } = 4 * Gibi;

        public long AvailableDisk { get; set; } = 50 * Gibi;

        public Exception? Failure { get; set; }

        public Action OnReclaim { get; set; } = static () => { };

        public int Reclaims { get; private set; }

        public List<(string Pod, PodEnd End)> Evicted { get; } = [];

        public IReadOnlyList<Pod> ActivePods => [.. _pods.Select(p => p.Pod)];

        public Pod Add(string name, long memoryBytes = 0, long logBytes = 0)
        {
            Pod pod = Pods.Pod();
            pod.Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = name };
            ContainerReading container = new() { Name = "a", Id = "c", Memory = new MemoryReading(Pods.Now, memoryBytes), Logs = new DiskUsage(logBytes, 1) };
            _pods.Add((pod, new PodReading { Name = name, Namespace = "default", Uid = name, Containers = [container], Memory = container.Memory }));
            return pod;
        }

        public Task<NodeReading> ReadAsync(CancellationToken cancellation) => Failure is { } failure ? Task.FromException<NodeReading>(failure) : Task.FromResult(Read());

        public Task ReclaimDiskAsync(CancellationToken cancellation)
        {
            Reclaims++;
            OnReclaim();
            return Task.CompletedTask;
        }

        public Task EvictAsync(Pod pod, PodEnd end, CancellationToken cancellation)
        {
            Evicted.Add((pod.Metadata.Name!, end));
            _pods.RemoveAll(p => ReferenceEquals(p.Pod, pod));
            return Task.CompletedTask;
        }

        private NodeReading Read()
        {
            FileSystemReading disk = new() { CapacityBytes = 100 * Gibi, AvailableBytes = AvailableDisk, Inodes = 1000, InodesFree = 900 };
            CpuReading cpu = new(Pods.Now, 0, null);
            MemoryReading memory = new(Pods.Now, (8 * Gibi) - AvailableMemory) { AvailableBytes = AvailableMemory };
            return new NodeReading
            {
                At = Pods.Now,
                Cpu = cpu,
                Memory = memory,
                KubeletCpu = cpu,
                KubeletMemory = memory,
                Fs = disk,
                ImageFs = disk,
                MaxProcesses = 1000,
                Pods = [.. _pods.Select(p => p.Reading)],
            };
        }
    }

    private sealed class RecordedEvents : IEventRecorder
    {
        public List<(string Reason, string Message)> All { get; } = [];

        public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null) => All.Add((reason, message));
    }
}
