using System.Runtime.InteropServices;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Queue;

/// <summary>
/// The pods that wait for a node, in three parts as in Kubernetes: active (ready to be tried, best first), back-off
/// (tried and failed; wait out a growing pause) and unschedulable (no node takes them until a change of the cluster may help, or
/// until <see cref="UnschedulableLimit"/> is over). Safe for use from many threads; one consumer pops.
/// </summary>
/// <remarks>
/// It holds a pod at most once, so it is bounded by the number of pending pods. Time comes from the
/// <see cref="TimeProvider"/> alone.
/// </remarks>
public sealed class SchedulingQueue
{
    /// <summary>First pause after a failed attempt, unless configured otherwise.</summary>
    public static readonly TimeSpan InitialBackoff = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after a failed attempt, unless configured otherwise.</summary>
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    /// <summary>An unschedulable pod is tried again after this time, whether or not the cluster has changed.</summary>
    public static readonly TimeSpan UnschedulableLimit = TimeSpan.FromMinutes(5);

    private const string ScheduleAttemptFailure = "ScheduleAttemptFailure";

    private readonly Lock _lock = new();
    private readonly Func<PodInfo, Profile> _profileOf;
    private readonly TimeProvider _time;
    private readonly QueueOptions _options;
    private readonly SortedSet<QueuedPod> _active;
    private readonly PriorityQueue<QueuedPod, DateTimeOffset> _backoff = new();
    private readonly PriorityQueue<(QueuedPod Pod, DateTimeOffset Since), DateTimeOffset> _unschedulableDue = new();
    private readonly HashSet<QueuedPod> _unschedulable = [];
    private readonly Dictionary<string, (QueuedPod Pod, Part Part)> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Event, string Queue), long> _incoming = [];
    private readonly EventLog _events = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _sequence;

    /// <param name="profiles">Profiles by scheduler name; all sort alike.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="options">Pauses; Kubernetes' when null.</param>
    public SchedulingQueue(IReadOnlyList<Profile> profiles, TimeProvider time, QueueOptions? options = null)
    {
        var byName = profiles.ToDictionary(profile => profile.SchedulerName, StringComparer.Ordinal);
        var first = profiles[0];
        _profileOf = pod => byName.GetValueOrDefault(pod.Spec.SchedulerName ?? string.Empty, first);
        _time = time;
        _options = options ?? new QueueOptions();
        _active = new SortedSet<QueuedPod>(Comparer<QueuedPod>.Create((left, right) =>
        {
            var order = first.QueueSort.Compare(left, right);
            return order != 0 ? order : left.Sequence.CompareTo(right.Sequence);
        }));
    }

    private enum Part
    {
        Active,
        Backoff,
        Unschedulable,

        /// <summary>A pre-enqueue plugin keeps the pod back until it changes.</summary>
        Gated,

        /// <summary>Popped; its attempt is not over.</summary>
        InFlight,
    }

    /// <summary>How many pods wait, by part; for the pending_pods metric.</summary>
    public (int Active, int Backoff, int Unschedulable, int Gated) Counts
    {
        get
        {
            lock (_lock)
            {
                int Count(Part part) => _pods.Values.Count(entry => entry.Part == part);
                return (Count(Part.Active), Count(Part.Backoff), Count(Part.Unschedulable), Count(Part.Gated));
            }
        }
    }

    /// <summary>How many pods have entered each part, by what put them there; for the queue_incoming_pods_total metric.</summary>
    public IReadOnlyList<(string Event, string Queue, long Count)> Incoming
    {
        get
        {
            lock (_lock)
            {
                return [.. _incoming.Select(pair => (pair.Key.Event, pair.Key.Queue, pair.Value))];
            }
        }
    }

    /// <summary>How many unschedulable pods each plugin has rejected, by profile; for the unschedulable_pods metric.</summary>
    public IReadOnlyList<(string Plugin, string Profile, int Count)> UnschedulableByPlugin
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _unschedulable.SelectMany(pod => pod.RejectedBy.Select(plugin => (Plugin: plugin, Profile: _profileOf(pod.Pod).SchedulerName)))
                        .GroupBy(pair => pair)
                        .Select(group => (group.Key.Plugin, group.Key.Profile, group.Count())),
                ];
            }
        }
    }

    /// <summary>A pending pod is new or has changed. A change gives an unschedulable pod another try.</summary>
    public void AddOrUpdate(PodInfo pod)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Uid, out var entry))
            {
                var queued = new QueuedPod(pod, _time.GetUtcNow()) { Sequence = ++_sequence };
                Enqueue(queued, "UnschedulablePodAdd");
                return;
            }

            var changed = SchedulingChanged(entry.Pod.Pod, pod);
            if (entry.Part == Part.Active)
            {
                // The sort order depends on the pod: out, change, in.
                _active.Remove(entry.Pod);
                entry.Pod.Pod = pod;
                _active.Add(entry.Pod);
                return;
            }

            entry.Pod.Pod = pod;
            if (entry.Part == Part.Gated || (entry.Part == Part.Unschedulable && changed))
            {
                _unschedulable.Remove(entry.Pod);
                Requeue(entry.Pod, "UnschedulablePodUpdate");
            }
        }
    }

    /// <summary>The pod is gone, bound or no longer ours.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            if (_pods.Remove(uid, out var entry))
            {
                _active.Remove(entry.Pod);
                _unschedulable.Remove(entry.Pod);
            }
        }
    }

    /// <summary>Takes the best pod out for an attempt, waiting for one. Follow it by <see cref="Done"/> or <see cref="Return"/>.</summary>
    /// <returns>The pod, and a mark to hand back.</returns>
    public async ValueTask<(QueuedPod Pod, long Mark)> PopAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan? wait;
            lock (_lock)
            {
                FlushDue();
                if (_active.Min is { } best)
                {
                    _active.Remove(best);
                    _pods[best.Pod.Uid] = (best, Part.InFlight);
                    best.Attempts++;
                    return (best, _events.Begin());
                }

                wait = NextDue() - _time.GetUtcNow();
                changed = _changed.Task;
            }

            if (wait is null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var due = Task.Delay(wait.Value > TimeSpan.Zero ? wait.Value : TimeSpan.Zero, _time, stop.Token);
                await Task.WhenAny(changed, due).ConfigureAwait(false);
                await stop.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The attempt placed the pod: it leaves the queue.</summary>
    public void Done(QueuedPod pod, long mark)
    {
        lock (_lock)
        {
            _events.End(mark, wantChanges: false);
            if (_pods.TryGetValue(pod.Pod.Uid, out var entry) && entry.Part == Part.InFlight)
            {
                _pods.Remove(pod.Pod.Uid);
            }
        }
    }

    /// <summary>The attempt failed: the pod waits, unless it was removed meanwhile.</summary>
    /// <param name="pod">What <see cref="PopAsync"/> gave.</param>
    /// <param name="mark">Its mark. When a change since then may help, the pod waits out its back-off only.</param>
    /// <param name="rejectedBy">Plugins that rejected it; empty when the attempt failed for another reason, such as an error.</param>
    public void Return(QueuedPod pod, long mark, IReadOnlySet<string> rejectedBy)
    {
        lock (_lock)
        {
            var isOurs = _pods.TryGetValue(pod.Pod.Uid, out var entry) && entry.Part == Part.InFlight && entry.Pod == pod;
            var changes = _events.End(mark, isOurs && rejectedBy.Count > 0);
            if (!isOurs)
            {
                return;
            }

            pod.Timestamp = _time.GetUtcNow();
            pod.RejectedBy = rejectedBy;
            if (rejectedBy.Count == 0 || changes.Any(change => MayHelp(pod, change)))
            {
                Backoff(pod, ScheduleAttemptFailure);
            }
            else
            {
                Count(ScheduleAttemptFailure, "unschedulable");
                _pods[pod.Pod.Uid] = (pod, Part.Unschedulable);
                _unschedulable.Add(pod);
                _unschedulableDue.Enqueue((pod, pod.Timestamp), pod.Timestamp + UnschedulableLimit);
                Signal();
            }
        }
    }

    /// <summary>The cluster has changed: unschedulable pods that this may help get another try after their back-off.</summary>
    public void ClusterChanged(ClusterEvent change)
    {
        lock (_lock)
        {
            _events.Add(change);
            if (_unschedulable.Count == 0)
            {
                return;
            }

            foreach (var pod in _unschedulable.Where(pod => MayHelp(pod, change)).ToList())
            {
                _unschedulable.Remove(pod);
                Requeue(pod, change.Label);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool MayHelp(QueuedPod pod, ClusterEvent change) => _profileOf(pod.Pod).MayHelp(pod.Pod, pod.RejectedBy, change);

    /// <summary>The pause after the pod's last attempt: 1 s, 2 s, 4 s, … 10 s.</summary>
    private TimeSpan BackoffOf(QueuedPod pod)
    {
        var pause = _options.InitialBackoff;
        for (var attempt = 1; attempt < pod.Attempts && pause < _options.MaxBackoff; attempt++)
        {
            pause *= 2;
        }

        return pause < _options.MaxBackoff ? pause : _options.MaxBackoff;
    }

    private static bool SchedulingChanged(PodInfo before, PodInfo after) =>
        before.Pod.Metadata.Generation != after.Pod.Metadata.Generation
        || before.Spec.SchedulingGates?.Count != after.Spec.SchedulingGates?.Count
        || before.Spec.Tolerations?.Count != after.Spec.Tolerations?.Count
        || !before.Shape.Equals(after.Shape);

    private void Enqueue(QueuedPod pod, string why)
    {
        foreach (var plugin in _profileOf(pod.Pod).PreEnqueue)
        {
            if (!plugin.PreEnqueue(pod.Pod).IsSuccess)
            {
                Count(why, "gated");
                _pods[pod.Pod.Uid] = (pod, Part.Gated);
                return;
            }
        }

        Count(why, "active");
        _pods[pod.Pod.Uid] = (pod, Part.Active);
        _active.Add(pod);
        Signal();
    }

    private void Count(string why, string queue) => CollectionsMarshal.GetValueRefOrAddDefault(_incoming, (why, queue), out _)++;

    private void Requeue(QueuedPod pod, string why)
    {
        if (pod.Attempts > 0 && pod.Timestamp + BackoffOf(pod) > _time.GetUtcNow())
        {
            Backoff(pod, why);
        }
        else
        {
            Enqueue(pod, why);
        }
    }

    private void Backoff(QueuedPod pod, string why)
    {
        Count(why, "backoff");
        _pods[pod.Pod.Uid] = (pod, Part.Backoff);
        _backoff.Enqueue(pod, pod.Timestamp + BackoffOf(pod));
        Signal();
    }

    /// <summary>
    /// Pods whose time has come become active. A heap can't give up an entry in its middle: one whose pod has moved on is dropped here.
    /// </summary>
    private void FlushDue()
    {
        var now = _time.GetUtcNow();
        while (_backoff.TryPeek(out var pod, out var due) && due <= now)
        {
            _backoff.Dequeue();
            if (_pods.TryGetValue(pod.Pod.Uid, out var entry) && entry.Pod == pod && entry.Part == Part.Backoff)
            {
                Enqueue(pod, "BackoffComplete");
            }
        }

        while (_unschedulableDue.TryPeek(out var waiting, out var limit) && limit <= now)
        {
            _unschedulableDue.Dequeue();
            if (IsStillWaiting(waiting) && _unschedulable.Remove(waiting.Pod))
            {
                Enqueue(waiting.Pod, "UnschedulableTimeout");
            }
        }
    }

    private DateTimeOffset? NextDue()
    {
        while (_unschedulableDue.TryPeek(out var waiting, out _) && !IsStillWaiting(waiting))
        {
            _unschedulableDue.Dequeue();
        }

        DateTimeOffset? next = _backoff.TryPeek(out _, out var due) ? due : null;
        return _unschedulableDue.TryPeek(out _, out var limit) && (next is null || limit < next) ? limit : next;
    }

    private bool IsStillWaiting((QueuedPod Pod, DateTimeOffset Since) waiting) =>
        waiting.Pod.Timestamp == waiting.Since && _unschedulable.Contains(waiting.Pod);

    private void Signal()
    {
        if (_active.Count > 1)
        {
            // The consumer was told when the first of them came.
            return;
        }

        var signalled = _changed;
        _changed = NewSignal();
        signalled.TrySetResult();
    }
}
