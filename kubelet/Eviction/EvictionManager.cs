using Kube.Api.Core.V1;
using Kube.Client.Events;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Stats;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Eviction;

/// <summary>When and how a kubelet evicts.</summary>
internal sealed record EvictionOptions
{
    public IReadOnlyList<EvictionThreshold> Thresholds { get; init; } = [];

    /// <summary>How long a condition stays after it was last seen.</summary>
    public TimeSpan TransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest grace of a pod that goes because of a soft threshold; its own is kept where that is shorter.</summary>
    public long MaxPodGraceSeconds { get; init; }

    /// <summary>How often the node is looked at.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What the eviction manager may do. Each may be slow, and honours the token.</summary>
internal interface IEvictionActions
{
    /// <summary>Pods that have or may have something running.</summary>
    IReadOnlyList<Pod> ActivePods { get; }

    /// <summary>Reads what everything uses.</summary>
    Task<NodeReading> ReadAsync(CancellationToken cancellation);

    /// <summary>Removes what nobody needs from the disk: ended containers, then images.</summary>
    Task ReclaimDiskAsync(CancellationToken cancellation);

    /// <summary>Ends a pod for good, and comes back when nothing of it runs any more.</summary>
    Task EvictAsync(Pod pod, PodEnd end, CancellationToken cancellation);
}

/// <summary>
/// Keeps the node from running out of memory, disk or processes: looks at it every period, sets the node's conditions, frees what nobody
/// needs, and ends at most one pod a look. Pods beyond limits of their own go first, all of them. One loop; <see cref="Conditions"/> may be read by any thread.
/// </summary>
internal sealed partial class EvictionManager(
    EvictionOptions options, IEvictionActions actions, IEventRecorder events, KubeletNode node, long reservedMemoryBytes, TimeProvider time, ILogger logger)
{
    private const long HardGraceSeconds = 1;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly EvictionState _state = new(options.Thresholds, options.TransitionPeriod);
    private volatile IReadOnlySet<string> _conditions = new HashSet<string>();

    /// <summary>The node's conditions: MemoryPressure, DiskPressure, PIDPressure.</summary>
    public IReadOnlySet<string> Conditions => _conditions;

    /// <summary>Called when <see cref="Conditions"/> have changed.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <summary>Why the node refuses the pod under its present conditions, or null.</summary>
    public PodRejection? Admit(Pod pod) => PressureAdmission.Check(pod, _conditions);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            bool evicted = false;
            try
            {
                evicted = await LookAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogLookFailed(e.Message);
            }

            if (!evicted)
            {
                await Task.Delay(options.Period, time, cancellation);
            }
        }
    }

    /// <summary>One look at the node; answers whether pods were evicted.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        NodeReading reading = await actions.ReadAsync(cancellation);
        IReadOnlyDictionary<EvictionSignal, SignalReading> signals = EvictionReadings.Signals(reading, node.MemoryBytes - reservedMemoryBytes);
        EvictionVerdict verdict = _state.Look(signals, time.GetUtcNow());
        if (!verdict.Conditions.SetEquals(_conditions))
        {
            _conditions = verdict.Conditions;
            Changed();
        }

        List<PodUsage> pods = EvictionReadings.Pods(actions.ActivePods, reading);
        if (await EvictOversizedAsync(pods, reading.ImagesApart, cancellation))
        {
            return true;
        }

        return verdict.Due.Count > 0 && await RelieveAsync(verdict.Due[0], signals, pods, reading, cancellation);
    }

    private async Task<bool> EvictOversizedAsync(List<PodUsage> pods, bool imagesApart, CancellationToken cancellation)
    {
        List<Task> ends = [];
        foreach (PodUsage pod in pods.Where(p => !PressureAdmission.IsCritical(p.Pod)))
        {
            if (StorageLimits.Exceeded(pod, imagesApart) is { } why)
            {
                ends.Add(EvictAsync(pod.Pod, new PodEnd(EvictionMessages.Reason, why, HardGraceSeconds), cancellation));
            }
        }

        await Task.WhenAll(ends);
        return ends.Count > 0;
    }

    private async Task<bool> RelieveAsync(
        EvictionThreshold threshold,
        IReadOnlyDictionary<EvictionSignal, SignalReading> signals,
        List<PodUsage> pods,
        NodeReading reading,
        CancellationToken cancellation)
    {
        events.Event(node.Reference, "Warning", "EvictionThresholdMet", $"Attempting to reclaim {threshold.Signal.Resource()}");
        if (await ReclaimAsync(threshold, reading.ImagesApart, cancellation))
        {
            return false;
        }

        foreach (PodUsage pod in EvictionOrder.Rank(pods, threshold.Signal, reading.ImagesApart).Where(p => !PressureAdmission.IsCritical(p.Pod)))
        {
            string message = EvictionMessages.ForPressure(threshold, signals[threshold.Signal], pod);
            long softGrace = Math.Min(options.MaxPodGraceSeconds, pod.Pod.Spec?.TerminationGracePeriodSeconds ?? options.MaxPodGraceSeconds);
            PodEnd end = new(EvictionMessages.Reason, message, threshold.IsHard ? HardGraceSeconds : softGrace)
            {
                Disruption = "TerminationByKubelet",
            };
            await EvictAsync(pod.Pod, end, cancellation);
            return true;
        }

        LogNobodyToEvict(threshold.Signal.Name());
        return false;
    }

    /// <summary>Frees what nobody needs, where that can help; answers whether it was enough.</summary>
    private async Task<bool> ReclaimAsync(EvictionThreshold threshold, bool imagesApart, CancellationToken cancellation)
    {
        bool nodeFs = threshold.Signal is EvictionSignal.NodeFsAvailable or EvictionSignal.NodeFsInodesFree;
        if (threshold.Signal.Condition() != EvictionSignals.DiskPressure || (imagesApart && nodeFs))
        {
            return false;
        }

        await actions.ReclaimDiskAsync(cancellation);
        NodeReading after = await actions.ReadAsync(cancellation);
        return !_state.StillCrossed(EvictionReadings.Signals(after, node.MemoryBytes - reservedMemoryBytes));
    }

    private async Task EvictAsync(Pod pod, PodEnd end, CancellationToken cancellation)
    {
        LogEvicting(pod.Describe(), end.Message);
        events.Event(pod, "Warning", EvictionMessages.Reason, end.Message);
        using CancellationTokenSource limit = new(EndLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await actions.EvictAsync(pod, end, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It goes on ending; the next look counts what it still uses.
            LogEndTakesLong(pod.Describe());
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "the node's resources could not be looked at, it is tried again: {Reason}")]
    private partial void LogLookFailed(string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Signal} is below its threshold, and there is no pod to evict")]
    private partial void LogNobodyToEvict(string signal);

    [LoggerMessage(3, LogLevel.Warning, "pod {Pod} is evicted: {Message}")]
    private partial void LogEvicting(string pod, string message);

    [LoggerMessage(4, LogLevel.Warning, "pod {Pod} was evicted and has not ended yet")]
    private partial void LogEndTakesLong(string pod);
}
