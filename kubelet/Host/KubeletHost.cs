using Kube.Kubelet.Runtime.Containerd;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Base;
using Kube.Client.Events;
using Kube.Client.Informers;
using Kube.Client.Rest;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.Pleg;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Server;
using Kube.Kubelet.Shutdown;
using Kube.Kubelet.Sources;
using Kube.Kubelet.Stats;
using Kube.Kubelet.Volumes;
using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>
/// A kubelet: runtime, pod workers, node reporter and server, wired. Disposing it stops the kubelet and leaves the pods
/// running, as stopping a kubelet does, unless the machine goes down and a grace for that is configured: then they end first.
/// </summary>
public sealed class KubeletHost : IAsyncDisposable, IFailable, IStopsSlowly
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<IAsyncDisposable> _owned = new();
    private readonly MetricsRegistry _metrics = new();
    private KubeClient? _client;
    private readonly TimeProvider _time;
    private NodeCare? _care;
    private Task _running = Task.CompletedTask;

    private KubeletHost(TimeProvider time) => _time = time;

    /// <inheritdoc/>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Starts the kubelet. It waits for the API server in the background and serves before it has found it.</summary>
    /// <exception cref="StartupException">A file is missing, the port is taken or the runtime cannot be used.</exception>
    public static async Task<KubeletHost> StartAsync(KubeletOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = new KubeletHost(time);
        try
        {
            await host.StartCoreAsync(options, logs, time, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public TimeSpan StopLimit => ComponentRunner.StopLimit + (_care?.Shutdown.Longest ?? TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        if (_care is { } care && care.Shutdown.Longest > TimeSpan.Zero && await MachineState.IsStoppingAsync(_time, CancellationToken.None).ConfigureAwait(false))
        {
            await care.Shutdown.RunAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }

        _client?.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private async Task StartCoreAsync(KubeletOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        options = options with { RootDirectory = Path.GetFullPath(options.RootDirectory) };
        Directory.CreateDirectory(options.RootDirectory);
        var kubeconfig = KubeConfigFile.Load(options.KubeconfigFile);
        var client = _client = new KubeClient(kubeconfig with { UserAgent = "kubelet/" + KubeVersion.GitVersion, Qps = 0 }, time, logs);
        var runtime = Own(await RuntimeChooser.OpenAsync(options, time, logs, cancellationToken).ConfigureAwait(false));
        var version = await runtime.VersionAsync(cancellationToken).ConfigureAwait(false);
        var machine = MachineFacts.Read();
        var capacity = Capacity(options, machine);
        var allocatable = NodeAllocatable.Of(capacity, options.Node.KubeReserved, options.Node.SystemReserved, options.Node.Eviction().Thresholds);
        var node = new KubeletNode
        {
            Name = options.NodeName,
            Address = options.NodeAddress,
            RootDirectory = options.RootDirectory,
            Allocatable = allocatable,
            MemoryBytes = machine.MemoryBytes,
            CgroupParent = runtime.SharesHost ? "" : options.CgroupRoot,
            ClusterDns = options.ClusterDns,
            ClusterDomain = options.ClusterDomain,
            RuntimeName = version.RuntimeName,
            GroupsAreUnified = File.Exists("/sys/fs/cgroup/cgroup.controllers"),
            AllowedUnsafeSysctls = options.AllowedUnsafeSysctls,
            RestartBackOffMax = options.Node.RestartBackOffMax,
        };
        var description = Describe(options, machine, capacity, allocatable, version);
        var events = Own(new EventRecorder(client, "kubelet", options.NodeName));
        var services = new SharedInformer<Service>(client.For<Service>());
        var pods = new SharedInformer<Pod>(
            client.For<Pod>(), new SharedInformerOptions<Pod> { FieldSelector = "spec.nodeName=" + options.NodeName });
        var api = new ApiPods(client);
        var parts = Compose(node, runtime, client, api, services, events, options, time, logs);
        var workers = Own(new PodWorkers.PodWorkers(parts, NodeObject.New(description, new NodeObservation { Now = time.GetUtcNow() })));
        parts.Probes.Changed = workers.Signal;
        Own(pods);
        Own(services);
        var mirrors = new MirrorPods(client, workers, node.Name, time, logs.CreateLogger<MirrorPods>()) { Appeared = parts.Statuses.Resend };
        api.MirrorOf = mirrors.Of;
        workers.StaticPodsChanged = mirrors.Signal;
        var statics = options.PodManifestPath.Length == 0
            ? null
            : new StaticPodSource(Path.GetFullPath(options.PodManifestPath), node.Name, workers, time, logs.CreateLogger<StaticPodSource>());
        var source = new ApiPodSource(pods, workers, mirrors, statics, (uid, cancel) => OrphanPods.FindAsync(runtime, uid, cancel));
        source.Connect();
        var lifecycle = new PodLifecycleEvents(runtime, node.Name, time, logs.CreateLogger<PodLifecycleEvents>())
        {
            Happened = workers.Signal,
            Listed = uids => _ = source.EndOrphansAsync(uids, _stopping.Token),
        };
        var stats = new StatsReader(runtime, node, machine, parts.Volumes, () => workers.Active, options.Node.VolumeStatsPeriod, time);
        var care = _care = new NodeCare(options.Node, node, runtime, stats, workers, events, time, logs);
        var observer = new NodeObserver(
            runtime, lifecycle, () => care.Eviction.Conditions, () => care.Shutdown.IsShuttingDown, options.Node.Report.MaxImages, time);
        var reporter = new NodeReporter(client, description, observer.ObserveAsync, options.Node.Report, events, logs.CreateLogger<NodeReporter>());
        workers.Node = () => reporter.Node ?? NodeObject.New(description, new NodeObservation { Now = time.GetUtcNow() });
        workers.ReadNode = cancel => client.For<Node>().FindAsync(null, node.Name, cancel);
        care.Eviction.Changed = reporter.Look;
        care.Shutdown.Began = reporter.Look;
        Own(await KubeletServer.StartAsync(
            options,
            new KubeletEndpoints(workers, runtime, time),
            new StreamEndpoints(workers, runtime, runtime as IContainerStreams ?? new CriStreams(runtime, time), time),
            new StatsEndpoints(stats, node, machine, parts.Probes.Counts),
            Checks(lifecycle),
            _metrics,
            logs,
            time,
            cancellationToken).ConfigureAwait(false));
        _running = RunAsync(client, pods, services, statics, mirrors, lifecycle, reporter, care, _stopping.Token);
    }

    private async Task RunAsync(
        KubeClient client,
        SharedInformer<Pod> pods,
        SharedInformer<Service> services,
        StaticPodSource? statics,
        MirrorPods mirrors,
        PodLifecycleEvents lifecycle,
        NodeReporter reporter,
        NodeCare care,
        CancellationToken stopping)
    {
        try
        {
            await lifecycle.ListOnceAsync(stopping).ConfigureAwait(false);
            var listing = lifecycle.RunAsync(stopping);
            // These run without an API server: it may be one of them.
            var files = statics?.RunAsync(stopping) ?? Task.CompletedTask;
            await client.WaitUntilReadyAsync(stopping).ConfigureAwait(false);
            services.Start();
            var reporting = reporter.RunAsync(stopping);
            // Service variables must be known before the first container gets its environment.
            await services.WaitForSyncAsync(stopping).ConfigureAwait(false);
            pods.Start();
            await pods.WaitForSyncAsync(stopping).ConfigureAwait(false);
            // Only once the pods are known: what runs without a pod is not the eviction manager's to judge.
            await Task.WhenAll(listing, files, reporting, mirrors.RunAsync(stopping), care.RunAsync(stopping)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception e)
        {
            _failed.TrySetResult(e);
        }
    }

    private PodServices Compose(
        KubeletNode node,
        ICriRuntime runtime,
        KubeClient client,
        ApiPods api,
        SharedInformer<Service> services,
        EventRecorder events,
        KubeletOptions options,
        TimeProvider time,
        ILoggerFactory logs)
    {
        var objects = Own(new ApiObjects(client, services, new Prng(options.Seed), logs.CreateLogger<ApiObjects>()));
        var tokens = new TokenCache(objects, time);
        var environment = new ContainerEnvironment(objects, node.Name, node.Allocatable);
        var volumes = new VolumeManager(options.RootDirectory, new ProjectedFiles(objects, tokens, node.Name, node.Allocatable), objects, node.Allocatable, time);
        var handlers = new HandlerRunner(runtime, time);
        return new PodServices
        {
            Node = node,
            Runtime = runtime,
            Configs = new ContainerConfigBuilder(node, environment, Path.Combine(options.RootDirectory, "pods"), runtime.SharesHost),
            Volumes = volumes,
            Objects = objects,
            Handlers = handlers,
            Probes = Own(new ProbeManager(handlers, events, time, new Prng(options.Seed), logs.CreateLogger<ProbeManager>())),
            Events = events,
            Statuses = Own(new StatusManager(api, time, logs.CreateLogger<StatusManager>())),
            Tokens = tokens,
            Time = time,
            Logger = logs.CreateLogger<PodWorker>(),
        };
    }

    private static HealthChecks Checks(PodLifecycleEvents lifecycle) =>
        new HealthChecks().Add("pleg", () => lifecycle.Unhealthy() is null, "the runtime's containers could not be listed of late");

    private static Dictionary<string, Quantity> Capacity(KubeletOptions options, MachineFacts machine) => new(StringComparer.Ordinal)
    {
        ["cpu"] = new Quantity(machine.Processors),
        ["memory"] = Quantity.Parse($"{machine.MemoryBytes / 1024}Ki"),
        ["ephemeral-storage"] = Quantity.Parse($"{new DriveInfo(options.RootDirectory).TotalSize / 1024}Ki"),
        ["pods"] = new Quantity(options.MaxPods),
        ["hugepages-1Gi"] = new Quantity(0),
        ["hugepages-2Mi"] = new Quantity(0),
    };

    private static NodeDescription Describe(
        KubeletOptions options, MachineFacts machine, Dictionary<string, Quantity> capacity, Dictionary<string, Quantity> allocatable, VersionResponse version) => new()
        {
            Name = options.NodeName,
            Address = options.NodeAddress.ToString(),
            Machine = machine,
            Capacity = capacity,
            Allocatable = allocatable,
            RuntimeVersion = $"{version.RuntimeName}://{version.RuntimeVersion}",
            KubeletVersion = KubeVersion.GitVersion,
            Port = options.Endpoint.Port,
            Labels = options.NodeLabels,
            Taints = [.. options.Taints.Select(ParseTaint)],
        };

    internal static Taint ParseTaint(string text)
    {
        var effect = text.Split(':', 2);
        var pair = effect[0].Split('=', 2);
        return effect.Length == 2 && effect[1] is "NoSchedule" or "PreferNoSchedule" or "NoExecute"
            ? new Taint { Key = pair[0], Value = pair.Length == 2 ? pair[1] : null, Effect = effect[1] }
            : throw new StartupException($"--register-with-taints {text}: expected key=value:NoSchedule, PreferNoSchedule or NoExecute");
    }

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
