using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Nodes.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Base;
using Kube.Client.Events;
using Kube.Kubelet.Pleg;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Volumes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Cri;

/// <summary>The pods that a test's kubelets share: what an API server would keep of them. May be out of reach for a while.</summary>
internal sealed class TestPods : IPodApi
{
    private readonly ConcurrentDictionary<string, PodStatus> _statuses = new();
    private int _refused;

    /// <summary>Whether the API server is out of reach.</summary>
    public bool Away { get; set; }

    /// <summary>Calls that failed because it was.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public ConcurrentQueue<string> Deleted { get; } = new();

    public PodStatus? Status(Pod pod) => _statuses.GetValueOrDefault(pod.Uid());

    public Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation)
    {
        Check();
        JsonObject status = _statuses.TryGetValue(pod.Uid(), out PodStatus? known) ? JsonNode.Parse(KubeJson.Serialize(known))!.AsObject() : [];
        foreach ((string field, JsonNode? value) in patch["status"]!.AsObject())
        {
            // Lists but conditions come whole, which is all that these tests look at.
            status[field] = value is JsonArray list && field == "conditions" ? Merge(status[field] as JsonArray ?? [], list) : value?.DeepClone();
        }

        if (status["podIPs"] is JsonArray addresses)
        {
            status["podIPs"] = new JsonArray([.. addresses.Where(a => a?["$patch"] is null).Select(a => a!.DeepClone())]);
        }

        _statuses[pod.Uid()] = KubeJson.Deserialize<PodStatus>(System.Text.Encoding.UTF8.GetBytes(status.ToJsonString()));
        return Task.FromResult(true);
    }

    public Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation)
    {
        Check();
        Deleted.Enqueue(pod.Uid());
        return Task.FromResult(true);
    }

    private static JsonArray Merge(JsonArray old, JsonArray changed) =>
        new([.. old.Where(o => !changed.Any(c => (string)c!["type"]! == (string)o!["type"]!)).Concat(changed).Select(c => c!.DeepClone())]);

    private void Check()
    {
        if (Away)
        {
            Interlocked.Increment(ref _refused);
            throw new HttpRequestException("connection refused");
        }
    }
}

/// <summary>A kubelet without an API server: pod workers over a runtime, its lists, and statuses into <see cref="TestPods"/>. Disposing it leaves pods running.</summary>
internal sealed class TestKubelet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HandlerRunner _handlers;
    private readonly ProbeManager _probes;
    private readonly StatusManager _statuses;
    private readonly Task _listing;

    public TestKubelet(ICriRuntime runtime, TestPods pods, string root)
    {
        Dictionary<string, Quantity> allocatable = new() { ["pods"] = new(10), ["memory"] = Quantity.Parse("64Gi"), ["cpu"] = new(64) };
        KubeletNode node = new()
        {
            Name = "test-node",
            Address = IPAddress.Loopback,
            RootDirectory = root,
            Allocatable = allocatable,
            MemoryBytes = 64L << 30,
            CgroupParent = runtime.SharesHost ? "" : "/kube-conformance",
        };
        NoObjects objects = new();
        _handlers = new HandlerRunner(runtime, TimeProvider.System);
        _probes = new ProbeManager(_handlers, new NoEvents(), TimeProvider.System, new Prng(1), NullLogger.Instance);
        _statuses = new StatusManager(pods, TimeProvider.System, NullLogger.Instance);
        TokenCache tokens = new(objects, TimeProvider.System);
        Workers = new PodWorkers(
            new PodServices
            {
                Node = node,
                Runtime = runtime,
                Configs = new ContainerConfigBuilder(node, new ContainerEnvironment(objects, node.Name, allocatable), Path.Combine(root, "pods"), runtime.SharesHost),
                Volumes = new VolumeManager(root, new ProjectedFiles(objects, tokens, node.Name, allocatable), objects, allocatable, TimeProvider.System),
                Objects = objects,
                Handlers = _handlers,
                Probes = _probes,
                Events = new NoEvents(),
                Statuses = _statuses,
                Tokens = tokens,
                Time = TimeProvider.System,
                Logger = NullLogger.Instance,
            },
            new Node { Metadata = new ObjectMeta { Name = node.Name } });
        _probes.Changed = Workers.Signal;
        Lifecycle = new PodLifecycleEvents(runtime, node.Name, TimeProvider.System, NullLogger.Instance) { Happened = Workers.Signal };
        _listing = Lifecycle.RunAsync(_stop.Token);
    }

    public PodWorkers Workers { get; }

    public PodLifecycleEvents Lifecycle { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listing;
        await Workers.DisposeAsync();
        await _probes.DisposeAsync();
        await _statuses.DisposeAsync();
        _handlers.Dispose();
        _stop.Dispose();
    }

    private sealed class NoEvents : IEventRecorder
    {
        public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
        {
        }
    }

    private sealed class NoObjects : IObjectSource
    {
        public Task<ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<ConfigMap?>(null);

        public Task<Secret?> SecretAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<Secret?>(null);

        public Task<PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken cancellation) => Task.FromResult<PersistentVolumeClaim?>(null);

        public Task<PersistentVolume?> VolumeAsync(string name, CancellationToken cancellation) => Task.FromResult<PersistentVolume?>(null);

        public Task<RuntimeClass?> RuntimeClassAsync(string name, CancellationToken cancellation) => Task.FromResult<RuntimeClass?>(null);

        public IReadOnlyList<Service> Services() => [];

        public Task<ServiceAccountToken> TokenAsync(Pod pod, string? audience, long expirationSeconds, CancellationToken cancellation) =>
            throw new InvalidOperationException("these pods have no tokens");
    }
}
