using System.Collections.Concurrent;
using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Client.Events;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Probes;

/// <summary>
/// Probes the running containers of the node: one loop for each container and kind of probe. An answer that changes is
/// kept by container id and told to the pod's worker. Thread-safe.
/// </summary>
internal sealed class ProbeManager(HandlerRunner runner, IEventRecorder events, TimeProvider time, Prng random, ILogger logger) : IProbeResults, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string ContainerId, ProbeKind Kind), Running> _loops = new();
    private readonly ConcurrentDictionary<(string ContainerId, ProbeKind Kind), bool> _results = new();
    private readonly Lock _randomGate = new();

    /// <summary>How often probes were answered how.</summary>
    public ProbeCounts Counts { get; } = new();

    /// <summary>Called with the pod's uid whenever an answer changes.</summary>
    public Action<string> Changed { get; set; } = static _ => { };

    public bool? Liveness(string containerId) => Result(containerId, ProbeKind.Liveness);

    public bool? Readiness(string containerId) => Result(containerId, ProbeKind.Readiness);

    public bool? Startup(string containerId) => Result(containerId, ProbeKind.Startup);

    /// <summary>Starts loops for what runs and stops those of what does not.</summary>
    public void Sync(Pod pod, PodRuntimeStatus status, string podIP)
    {
        HashSet<string> running = [];
        foreach (Container container in pod.AllContainers())
        {
            if (status.Find(container.Name) is { Running: true } found)
            {
                running.Add(found.Id);
                Ensure(pod, container, found, podIP, ProbeKind.Startup, container.StartupProbe);
                Ensure(pod, container, found, podIP, ProbeKind.Readiness, container.ReadinessProbe);
                Ensure(pod, container, found, podIP, ProbeKind.Liveness, container.LivenessProbe);
            }
        }

        Stop(pod.Uid(), loop => !running.Contains(loop.ContainerId));
    }

    /// <summary>Stops the loops that decide about restarts: a pod that ends is only asked whether it is ready.</summary>
    public void StopLivenessAndStartup(string uid)
    {
        foreach (((string ContainerId, ProbeKind Kind) key, Running loop) in _loops)
        {
            if (loop.Uid == uid && key.Kind != ProbeKind.Readiness)
            {
                // Its place stays, and with it the last answer: a started container has started.
                loop.Stop.Cancel();
            }
        }
    }

    /// <summary>Stops every loop of a pod.</summary>
    public void Forget(string uid)
    {
        Stop(uid, static _ => true);
        Counts.Forget(uid);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Running loop in _loops.Values)
        {
            await loop.Stop.CancelAsync();
        }

        await Task.WhenAll(_loops.Values.Select(l => l.Task));
        foreach (Running loop in _loops.Values)
        {
            loop.Stop.Dispose();
        }
    }

    private bool? Result(string containerId, ProbeKind kind) => _results.TryGetValue((containerId, kind), out bool value) ? value : null;

    private void Stop(string uid, Func<(string ContainerId, ProbeKind Kind), bool> which)
    {
        foreach (((string ContainerId, ProbeKind Kind) key, Running loop) in _loops)
        {
            if (loop.Uid == uid && which(key) && _loops.TryRemove(key, out _))
            {
                loop.Stop.Cancel();
                _results.TryRemove(key, out _);
            }
        }
    }

    private void Ensure(Pod pod, Container container, RuntimeContainer found, string podIP, ProbeKind kind, Probe? probe)
    {
        if (probe is null || _loops.ContainsKey((found.Id, kind)))
        {
            return;
        }

        CancellationTokenSource stop = new();
        TimeSpan first;
        lock (_randomGate)
        {
            // Spreads the probes of pods that started together, as Kubernetes does after a restart of the kubelet.
            TimeSpan age = time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddTicks(found.Status.StartedAt / 100);
            first = age > TimeSpan.FromSeconds(Period(probe)) ? TimeSpan.FromSeconds(random.NextDouble() * Period(probe)) : TimeSpan.Zero;
        }

        ContainerProbe target = new(pod, container, found, podIP, kind, probe);
        Task loop = LoopAsync(target, first, stop.Token);
        _loops[(found.Id, kind)] = new Running(pod.Uid(), stop, loop);
    }

    private async Task LoopAsync(ContainerProbe target, TimeSpan first, CancellationToken stop)
    {
        try
        {
            await Task.Delay(first, time, stop).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            TimeSpan age = time.GetUtcNow() - target.StartedAt;
            TimeSpan initial = TimeSpan.FromSeconds(target.Probe.InitialDelaySeconds) - age;
            if (initial > TimeSpan.Zero)
            {
                await Task.Delay(initial, time, stop);
            }

            ProbeThresholds thresholds = new(target.Probe);
            TimeSpan period = TimeSpan.FromSeconds(Period(target.Probe));
            long began = time.GetTimestamp();
            TimeSpan tick = TimeSpan.Zero;
            while (true)
            {
                Task starting = Starting(target);
                if (Started(target) && await ProbeOnceAsync(target, thresholds, stop))
                {
                    return;
                }

                TimeSpan now = time.GetElapsedTime(began);
                tick = NextTick(tick, period, now);
                if (await WaitAsync(tick - now, starting, stop))
                {
                    tick = time.GetElapsedTime(began);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The container is gone.
        }
        catch (Exception e)
        {
            ProbeLog.LoopFailed(logger, e, target.Kind, target.Container.Name!, target.Pod.Describe());
        }
    }

    /// <summary>
    /// When to ask next, on a clock that goes on while a probe is slow, as Go's ticker: a tick that passed meanwhile counts at once,
    /// several of them once.
    /// </summary>
    internal static TimeSpan NextTick(TimeSpan last, TimeSpan period, TimeSpan now)
    {
        TimeSpan next = last + period;
        return next >= now ? next : next + (period * Math.Floor((now - next) / period));
    }

    private bool Started(ContainerProbe target) =>
        target.Kind == ProbeKind.Startup || target.Container.StartupProbe is null || Startup(target.Id) == true;

    /// <summary>
    /// What a readiness probe waits for beside its next tick: the end of the start, so that the container does not wait for its traffic a
    /// period longer than it must. Kubernetes' kubelet asks at once too, and asks the other probes at their next tick.
    /// </summary>
    private Task Starting(ContainerProbe target) =>
        target.Kind == ProbeKind.Readiness && !Started(target) && _loops.TryGetValue((target.Id, ProbeKind.Startup), out Running? startup)
            ? startup.Task
            : Task.CompletedTask;

    /// <summary>Waits for a time; true when what was under way has ended before.</summary>
    private async Task<bool> WaitAsync(TimeSpan length, Task underWay, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (length <= TimeSpan.Zero)
        {
            return false;
        }

        if (underWay.IsCompleted)
        {
            await Task.Delay(length, time, stop);
            return false;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task delay = Task.Delay(length, time, either.Token);
        bool ended = await Task.WhenAny(underWay, delay) == underWay;
        await either.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return ended;
    }

    /// <summary>Answers whether the loop is at its end: the container has started, or is to be killed.</summary>
    private async Task<bool> ProbeOnceAsync(ContainerProbe target, ProbeThresholds thresholds, CancellationToken stop)
    {
        HandlerResult result = await RunAsync(target, stop);
        stop.ThrowIfCancellationRequested();
        Counts.Count(target.Pod.Metadata.Namespace!, target.Pod.Metadata.Name!, target.Pod.Uid(), target.Container.Name!, target.Kind, result.Success);
        if (!result.Success)
        {
            events.Event(target.Pod, "Warning", "Unhealthy", $"{target.Kind} probe failed: {result.Output}", target.FieldPath);
        }

        if (thresholds.Take(result.Success) is not { } settled)
        {
            return false;
        }

        if (Result(target.Id, target.Kind) != settled)
        {
            _results[(target.Id, target.Kind)] = settled;
            Changed(target.Pod.Uid());
        }

        return target.Kind switch
        {
            ProbeKind.Startup => true,
            ProbeKind.Liveness => !settled,
            _ => false,
        };
    }

    private Task<HandlerResult> RunAsync(ContainerProbe target, CancellationToken stop)
    {
        TimeSpan limit = TimeSpan.FromSeconds(Math.Max(1, target.Probe.TimeoutSeconds));
        return target.Probe switch
        {
            { Exec.Command: { } command } => runner.ExecAsync(target.Id, command, limit, stop),
            { HttpGet: { } http } => runner.HttpAsync(http, target.Container, target.PodIP, limit, stop),
            { TcpSocket: { } tcp } => runner.TcpAsync(tcp, target.Container, target.PodIP, limit, stop),
            { Grpc: { } grpc } => runner.GrpcAsync(grpc, target.PodIP, limit, stop),
            _ => Task.FromResult(new HandlerResult(false, "missing probe handler")),
        };
    }

    private static int Period(Probe probe) => probe.PeriodSeconds > 0 ? probe.PeriodSeconds : 10;

    private sealed record Running(string Uid, CancellationTokenSource Stop, Task Task);

    private sealed record ContainerProbe(Pod Pod, Container Container, RuntimeContainer Found, string PodIP, ProbeKind Kind, Probe Probe)
    {
        public string Id => Found.Id;

        public DateTimeOffset StartedAt { get; } = DateTimeOffset.UnixEpoch.AddTicks(Found.Status.StartedAt / 100);

        public string FieldPath { get; } = FieldPaths.Of(Pod, Container);
    }
}
