using System.Runtime.ExceptionServices;
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
public sealed partial class PodScheduler : IAsyncDisposable, IBindingContext
{
    /// <summary>Pods on their way from decision to binding at once, most of them waiting for volumes or permission; further decisions wait.</summary>
    private const int MaxInFlight = 4096;

    /// <summary>Bindings posted at once.</summary>
    private const int MaxCalls = 64;

    private static readonly IReadOnlySet<string> NoPlugins = new HashSet<string>();

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
    private readonly SemaphoreSlim _inFlight = new(MaxInFlight);
    private readonly SemaphoreSlim _calls = new(MaxCalls);
    private readonly ClusterFacts _facts;
    private readonly VolumeBinder _volumes;
    private Exception? _fault;

    public PodScheduler(
        IReadOnlyList<Profile> profiles,
        SchedulerCache cache,
        SchedulingQueue queue,
        NominatedPods nominations,
        ClusterFacts facts,
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
        _facts = facts;
        _snapshot = new Snapshot(facts);
        _volumes = new VolumeBinder(binder, facts.Storage, cache, time);
        _metrics = new SchedulerMetrics(queue, cache);
        _time = time;
        _logger = logger;
    }

    /// <summary>Services that have a say, in the order in which they are asked.</summary>
    public IReadOnlyList<IExtender> Extenders { get; init; } = [];

    IClusterFacts IBindingContext.Facts => _facts;

    IPodBinder IBindingContext.Api => _binder;

    Task<Status> IBindingContext.BindVolumesAsync(
        PodInfo pod, string node, VolumePlan plan, TimeSpan timeout, CancellationToken cancellationToken) =>
        _volumes.BindAsync(pod, node, plan, timeout, cancellationToken);

    /// <summary>Schedules until cancelled. Bindings under way are finished by <see cref="DisposeAsync"/>.</summary>
    /// <exception cref="OperationCanceledException">Always, unless there was a fault.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _fault) is { } fault)
            {
                ExceptionDispatchInfo.Throw(fault);
            }

            var (pod, mark) = await _queue.PopAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _inFlight.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The lease may come back; the pod must not be lost until then.
                _queue.Return(pod, mark, NoPlugins);
                throw;
            }

            var effect = await ScheduleOneAsync(pod, mark, cancellationToken).ConfigureAwait(false);
            if (effect.IsCompletedSuccessfully)
            {
                _inFlight.Release();
                continue;
            }

            _ = effect.ContinueWith(Ended, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until the bindings under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < MaxInFlight; i++)
        {
            await _inFlight.WaitAsync().ConfigureAwait(false);
        }

        _inFlight.Dispose();
        _calls.Dispose();
        _metrics.Dispose();
    }

    /// <summary>An effect has ended. It handles what may go wrong; anything else is a fault of the scheduler, which must not go on.</summary>
    private static void Ended(Task effect, object? state)
    {
        var scheduler = (PodScheduler)state!;
        if (effect.Exception is { } fault)
        {
            Volatile.Write(ref scheduler._fault, fault.GetBaseException());
        }

        scheduler._inFlight.Release();
    }

    /// <summary>Decides; then comes back with the task that is the effect: the binding, or the word that there is no node.</summary>
    private ValueTask<Task> ScheduleOneAsync(QueuedPod queued, long mark, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(queued, mark, ProfileOf(queued.Pod), _time.GetTimestamp());
        var pod = queued.Pod;
        if (pod.IsTerminating || _cache.Contains(pod.Uid))
        {
            _queue.Done(queued, mark);
            return ValueTask.FromResult(Task.CompletedTask);
        }

        _cache.Update(_snapshot);
        return Extenders.Count > 0 && InterestedIn(pod) is { Count: > 0 } extenders
            ? AskExtendersAsync(attempt, extenders, cancellationToken)
            : ValueTask.FromResult(Act(attempt, _algorithm.Decide(attempt.Profile, pod, _snapshot, _nominations), cancellationToken));
    }

    /// <summary>The decision with extenders takes as long as they do, and the next pod waits for it: its decision must count with this one's.</summary>
    private async ValueTask<Task> AskExtendersAsync(Attempt attempt, IReadOnlyList<IExtender> extenders, CancellationToken cancellationToken)
    {
        try
        {
            var decision = await _algorithm.DecideAsync(
                attempt.Profile, attempt.Queued.Pod, _snapshot, _nominations, extenders, cancellationToken).ConfigureAwait(false);
            return Act(attempt, decision, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop; the pod must not be lost until the next lease.
            _queue.Return(attempt.Queued, attempt.Mark, NoPlugins);
            return Task.CompletedTask;
        }
    }

    private IReadOnlyList<IExtender> InterestedIn(PodInfo pod) => [.. Extenders.Where(extender => extender.IsInterestedIn(pod))];

    private Task Act(Attempt attempt, Decision decision, CancellationToken cancellationToken)
    {
        var (queued, mark) = (attempt.Queued, attempt.Mark);
        var pod = queued.Pod;
        _metrics.Algorithm(_time.GetElapsedTime(attempt.Started));
        if (decision.Error is { } error)
        {
            _metrics.Attempt("error", attempt.Profile.SchedulerName, _time.GetElapsedTime(attempt.Started));
            _queue.Return(queued, mark, NoPlugins);
            return ReportAsync(pod, "SchedulerError", error.ToString(), null, cancellationToken);
        }

        if (decision.Chosen is not { } node)
        {
            return FailAsync(attempt, decision, cancellationToken);
        }

        if (!_cache.TryAssume(pod, node.Name))
        {
            _queue.Done(queued, mark);
            return Task.CompletedTask;
        }

        foreach (var plugin in attempt.Profile.Reserve)
        {
            if (plugin.Reserve(pod, node, _facts) is { IsSuccess: false } refused)
            {
                return GiveUpAsync(attempt, node.Name, refused.By(plugin.Name), cancellationToken);
            }
        }

        return BindAsync(attempt, node, decision.Feasible, cancellationToken);
    }

    private Profile ProfileOf(PodInfo pod) => _profiles.GetValueOrDefault(pod.Spec.SchedulerName ?? string.Empty, _defaultProfile);

    private sealed record Attempt(QueuedPod Queued, long Mark, Profile Profile, long Started);
}
