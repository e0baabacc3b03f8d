using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;
using Microsoft.Extensions.Logging;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// The scheduling loop: one pod at a time is decided on, serially and purely; binding goes on beside the next decision.
/// </summary>
/// <remarks>
/// A pod counts against its node from the moment of the decision (assumed). If binding fails, it is forgotten and tried
/// again. The API server refuses a second binding, so no pod is ever bound twice, even with two schedulers.
/// </remarks>
public sealed partial class PodScheduler : IAsyncDisposable
{
    /// <summary>Bindings under way at once; further decisions wait.</summary>
    private const int MaxBindings = 64;

    private readonly Profile _profile;
    private readonly SchedulerCache _cache;
    private readonly SchedulingQueue _queue;
    private readonly IPodBinder _binder;
    private readonly IEventRecorder _events;
    private readonly SchedulingAlgorithm _algorithm;
    private readonly SchedulerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Snapshot _snapshot = new();
    private readonly SemaphoreSlim _bindings = new(MaxBindings);

    public PodScheduler(
        Profile profile,
        SchedulerCache cache,
        SchedulingQueue queue,
        IPodBinder binder,
        IEventRecorder events,
        Prng prng,
        TimeProvider time,
        ILogger logger)
    {
        _profile = profile;
        _cache = cache;
        _queue = queue;
        _binder = binder;
        _events = events;
        _algorithm = new SchedulingAlgorithm(prng);
        _metrics = new SchedulerMetrics(queue);
        _time = time;
        _logger = logger;
    }

    /// <summary>Schedules until cancelled. Bindings under way are finished by <see cref="DisposeAsync"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (pod, mark) = await _queue.PopAsync(cancellationToken).ConfigureAwait(false);
            await _bindings.WaitAsync(cancellationToken).ConfigureAwait(false);
            var binding = ScheduleOne(pod, mark, cancellationToken);
            _ = binding.ContinueWith(
                _ => _bindings.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until the bindings under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < MaxBindings; i++)
        {
            await _bindings.WaitAsync().ConfigureAwait(false);
        }

        _bindings.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Decides at once; the task is the effect: the binding, or the word that there is no node.</summary>
    private Task ScheduleOne(QueuedPod queued, long mark, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var pod = queued.Pod;
        if (pod.Pod.Metadata.DeletionTimestamp is not null || _cache.Contains(pod.Uid))
        {
            _queue.Done(queued);
            return Task.CompletedTask;
        }

        _cache.Update(_snapshot);
        var decision = _algorithm.Decide(_profile, pod, _snapshot.Nodes);
        _metrics.Algorithm(_time.GetElapsedTime(started));
        if (decision.Node is null)
        {
            _metrics.Attempt("unschedulable", _profile.SchedulerName, _time.GetElapsedTime(started));
            _queue.Return(queued, mark, Rejections(decision.Failure!));
            return ReportUnschedulableAsync(pod, "Unschedulable", decision.Failure!.Message, cancellationToken);
        }

        _cache.Assume(pod, decision.Node);
        return BindAsync(queued, mark, decision, started, cancellationToken);
    }

    private async Task BindAsync(QueuedPod queued, long mark, Decision decision, long started, CancellationToken cancellationToken)
    {
        var pod = queued.Pod;
        try
        {
            await _binder.BindAsync(pod, decision.Node!, cancellationToken).ConfigureAwait(false);
            _queue.Done(queued);
            _metrics.Attempt("scheduled", _profile.SchedulerName, _time.GetElapsedTime(started));
            Bound(_logger, pod.Key, decision.Node!, decision.Feasible);
            _events.Event(pod.Pod, EventTypes.Normal, "Scheduled", $"Successfully assigned {pod.Key} to {decision.Node}");
        }
        catch (Exception e) when (e is not InvariantException)
        {
            _cache.Forget(pod);
            _queue.Return(queued, mark, new HashSet<string>());
            _metrics.Attempt("error", _profile.SchedulerName, _time.GetElapsedTime(started));
            if (!cancellationToken.IsCancellationRequested)
            {
                BindFailed(_logger, e, pod.Key, decision.Node!);
                await ReportUnschedulableAsync(pod, "SchedulerError", $"binding rejected: {e.Message}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ReportUnschedulableAsync(PodInfo pod, string reason, string message, CancellationToken cancellationToken)
    {
        NoNode(_logger, pod.Key, message);
        _events.Event(pod.Pod, EventTypes.Warning, "FailedScheduling", message);
        try
        {
            await _binder.SetUnscheduledAsync(pod, reason, message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            // The condition is for people; the next attempt reports it again.
            StatusFailed(_logger, e, pod.Key);
        }
    }

    /// <summary>With no nodes at all no plugin has spoken; any change of the cluster may help then.</summary>
    private static IReadOnlySet<string> Rejections(FitError failure) =>
        failure.Plugins.Count > 0 ? failure.Plugins : new HashSet<string> { "NoNodes" };
}
