using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;
using Microsoft.Extensions.Logging;

namespace Kube.Scheduler.Cycle;

/// <summary>
/// The scheduling loop: one pod at a time is decided on, serially and purely; binding, or clearing a node, goes on beside the next decision.
/// </summary>
/// <remarks>
/// A pod counts against its node from the moment of the decision (assumed). If binding fails, it is forgotten and tried
/// again. The API server refuses a second binding, so no pod is ever bound twice, even with two schedulers.
/// </remarks>
public sealed partial class PodScheduler : IAsyncDisposable
{
    /// <summary>Bindings under way at once; further decisions wait.</summary>
    private const int MaxBindings = 64;

    private readonly Dictionary<string, Profile> _profiles;
    private readonly Profile _defaultProfile;
    private readonly SchedulerCache _cache;
    private readonly SchedulingQueue _queue;
    private readonly NominatedPods _nominations;
    private readonly IPodBinder _binder;
    private readonly IEventRecorder _events;
    private readonly SchedulingAlgorithm _algorithm;
    private readonly SchedulerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Snapshot _snapshot;
    private readonly SemaphoreSlim _bindings = new(MaxBindings);

    public PodScheduler(
        IReadOnlyList<Profile> profiles,
        SchedulerCache cache,
        SchedulingQueue queue,
        NominatedPods nominations,
        IClusterFacts facts,
        IPodBinder binder,
        IEventRecorder events,
        Prng prng,
        TimeProvider time,
        ILogger logger)
    {
        _profiles = profiles.ToDictionary(profile => profile.SchedulerName, StringComparer.Ordinal);
        _defaultProfile = profiles[0];
        _cache = cache;
        _queue = queue;
        _nominations = nominations;
        _binder = binder;
        _events = events;
        _algorithm = new SchedulingAlgorithm(prng);
        _snapshot = new Snapshot(facts);
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
            var effect = ScheduleOne(pod, mark, cancellationToken);
            if (effect.IsCompletedSuccessfully)
            {
                _bindings.Release();
                continue;
            }

            _ = effect.ContinueWith(
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
        var attempt = new Attempt(queued, mark, ProfileOf(queued.Pod), _time.GetTimestamp());
        var pod = queued.Pod;
        if (pod.IsTerminating || _cache.Contains(pod.Uid))
        {
            _queue.Done(queued, mark);
            return Task.CompletedTask;
        }

        _cache.Update(_snapshot);
        var decision = _algorithm.Decide(attempt.Profile, pod, _snapshot, _nominations);
        _metrics.Algorithm(_time.GetElapsedTime(attempt.Started));
        if (decision.Node is null)
        {
            return FailAsync(attempt, decision, cancellationToken);
        }

        _cache.Assume(pod, decision.Node);
        foreach (var plugin in attempt.Profile.Reserve)
        {
            if (plugin.Reserve(pod, decision.Node) is { IsSuccess: false } refused)
            {
                return GiveUpAsync(attempt, decision.Node, refused.By(plugin.Name), cancellationToken);
            }
        }

        return BindAsync(attempt, decision, cancellationToken);
    }

    private async Task BindAsync(Attempt attempt, Decision decision, CancellationToken cancellationToken)
    {
        var pod = attempt.Queued.Pod;
        var node = decision.Node!;
        try
        {
            if (await RefusedAsync(attempt.Profile, pod, node, cancellationToken).ConfigureAwait(false) is { } refused)
            {
                await GiveUpAsync(attempt, node, refused, cancellationToken).ConfigureAwait(false);
                return;
            }

            await _binder.BindAsync(pod, node, cancellationToken).ConfigureAwait(false);
            _queue.Done(attempt.Queued, attempt.Mark);
            _nominations.Remove(pod.Uid);
            _metrics.Attempt("scheduled", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
            Bound(_logger, pod.Key, node, decision.Feasible);
            _events.Event(pod.Pod, EventTypes.Normal, "Scheduled", $"Successfully assigned {pod.Key} to {node}");
            foreach (var plugin in attempt.Profile.PostBind)
            {
                plugin.PostBind(pod, node);
            }
        }
        catch (Exception e) when (e is not InvariantException)
        {
            Release(attempt, node);
            _queue.Return(attempt.Queued, attempt.Mark, new HashSet<string>());
            _metrics.Attempt("error", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
            if (!cancellationToken.IsCancellationRequested)
            {
                BindFailed(_logger, e, pod.Key, node);
                await ReportAsync(pod, "SchedulerError", $"binding rejected: {e.Message}", null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks the plugins that come between decision and binding; null when all agree.</summary>
    private static async ValueTask<Status?> RefusedAsync(Profile profile, PodInfo pod, string node, CancellationToken cancellationToken)
    {
        foreach (var plugin in profile.Permit)
        {
            var status = await plugin.PermitAsync(pod, node, cancellationToken).ConfigureAwait(false);
            if (!status.IsSuccess)
            {
                return status.By(plugin.Name);
            }
        }

        foreach (var plugin in profile.PreBind)
        {
            var status = await plugin.PreBindAsync(pod, node, cancellationToken).ConfigureAwait(false);
            if (!status.IsSuccess)
            {
                return status.By(plugin.Name);
            }
        }

        return null;
    }

    /// <summary>A plugin has refused the pod on its node after the decision.</summary>
    private Task GiveUpAsync(Attempt attempt, string node, Status refused, CancellationToken cancellationToken)
    {
        Release(attempt, node);
        _metrics.Attempt(refused.IsRejected ? "unschedulable" : "error", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
        _queue.Return(attempt.Queued, attempt.Mark, refused.IsRejected ? new HashSet<string> { refused.Plugin } : new HashSet<string>());
        return ReportAsync(
            attempt.Queued.Pod, refused.IsRejected ? "Unschedulable" : "SchedulerError", refused.ToString(), null, cancellationToken);
    }

    private void Release(Attempt attempt, string node)
    {
        var pod = attempt.Queued.Pod;
        foreach (var plugin in attempt.Profile.Reserve.Reverse())
        {
            plugin.Unreserve(pod, node);
        }

        if (_cache.Forget(pod))
        {
            // Others may have been refused for the room that it had.
            _queue.ClusterChanged(new ClusterEvent(ClusterChange.PodRemoved, Pod: pod));
        }
    }

    private Profile ProfileOf(PodInfo pod) => _profiles.GetValueOrDefault(pod.Spec.SchedulerName ?? string.Empty, _defaultProfile);

    private sealed record Attempt(QueuedPod Queued, long Mark, Profile Profile, long Started);
}
