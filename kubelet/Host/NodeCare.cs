using Kube.Client.Events;
using Kube.Kubelet.Eviction;
using Kube.Kubelet.Images;
using Kube.Kubelet.Logs;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Shutdown;
using Kube.Kubelet.Stats;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>What looks after the node beside its pods, wired: eviction, images, logs, shutdown.</summary>
internal sealed class NodeCare
{
    private readonly ImageCollector _images;
    private readonly LogRotator _logs;
    private readonly ShutdownInhibitor _inhibitor;

    /// <exception cref="ThresholdException">A threshold cannot be read.</exception>
    public NodeCare(
        NodeSettings settings,
        KubeletNode node,
        ICriRuntime runtime,
        StatsReader stats,
        PodWorkers.PodWorkers workers,
        IEventRecorder events,
        TimeProvider time,
        ILoggerFactory logs)
    {
        _images = new ImageCollector(runtime, settings.Images, stats.ReadImageFsAsync, events, node, time, logs.CreateLogger<ImageCollector>());
        _logs = new LogRotator(runtime, node, settings.Logs, time, logs.CreateLogger<LogRotator>());
        Eviction = new EvictionManager(
            settings.Eviction(), new NodeActions(stats, workers, _images), events, node, Reserved(settings), time, logs.CreateLogger<EvictionManager>());
        Shutdown = new NodeShutdown(settings.Shutdown, () => workers.Active, workers.EndAndReportAsync, events, node, time, logs.CreateLogger<NodeShutdown>());
        _inhibitor = new ShutdownInhibitor(ShutdownInhibitor.OfSystemd, Shutdown.RunAsync, time, logs.CreateLogger<ShutdownInhibitor>());
        workers.Admit = pod => Shutdown.Admit(pod) ?? Eviction.Admit(pod);
    }

    public EvictionManager Eviction { get; }

    public NodeShutdown Shutdown { get; }

    /// <summary>Runs all of it until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(
            Eviction.RunAsync(cancellation),
            _images.RunAsync(cancellation),
            _logs.RunAsync(cancellation),
            Shutdown.Longest > TimeSpan.Zero && MachineState.HasSystemd ? _inhibitor.RunAsync(cancellation) : Task.CompletedTask);

    /// <summary>Memory that is kept back from pods.</summary>
    private static long Reserved(NodeSettings settings) =>
        (settings.KubeReserved.TryGetValue("memory", out var kube) ? kube.Value() : 0) + (settings.SystemReserved.TryGetValue("memory", out var system) ? system.Value() : 0);
}
