using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Queue;

/// <summary>
/// The pods that wait for a node, in three parts as in Kubernetes: active (ready to be tried, best first), back-off
/// (tried and failed; wait out a growing pause) and unschedulable (no node takes them until the cluster changes, or
/// until <see cref="UnschedulableLimit"/> is over). Safe for use from many threads; one consumer pops.
/// </summary>
/// <remarks>
/// It holds a pod at most once, so it is bounded by the number of pending pods. Time comes from the
/// <see cref="TimeProvider"/> alone.
/// </remarks>
public sealed class SchedulingQueue(
    IQueueSortPlugin sort, IReadOnlyList<IPreEnqueuePlugin> preEnqueue, TimeProvider time)
{
    /// <summary>First pause after a failed attempt; doubles with each further one.</summary>
    public static readonly TimeSpan InitialBackoff = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after a failed attempt.</summary>
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    /// <summary>An unschedulable pod is tried again after this time, whether or not the cluster has changed.</summary>
    public static readonly TimeSpan UnschedulableLimit = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly SortedSet<QueuedPod> _active = new(Comparer<QueuedPod>.Create((left, right) =>
    {
        var order = sort.Compare(left, right);
        return order != 0 ? order : left.Sequence.CompareTo(right.Sequence);
    }));

    private readonly PriorityQueue<QueuedPod, DateTimeOffset> _backoff = new();
    private readonly Dictionary<string, (QueuedPod Pod, Part Part)> _pods = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private long _sequence;
    private long _moves;

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

    /// <summary>A pending pod is new or has changed. A change gives an unschedulable pod another try.</summary>
    public void AddOrUpdate(PodInfo pod)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Uid, out var entry))
            {
                var queued = new QueuedPod(pod, time.GetUtcNow()) { Sequence = ++_sequence };
                Enqueue(queued);
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
                Requeue(entry.Pod);
            }
        }
    }

    /// <summary>The pod is gone, bound or no longer ours.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            if (_pods.Remove(uid, out var entry) && entry.Part == Part.Active)
            {
                _active.Remove(entry.Pod);
            }
        }
    }

    /// <summary>Takes the best pod out for an attempt, waiting for one. Follow it by <see cref="Done"/> or <see cref="Return"/>.</summary>
    /// <returns>The pod, and a mark to hand to <see cref="Return"/>.</returns>
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
                    return (best, _moves);
                }

                wait = NextDue() - time.GetUtcNow();
                changed = _changed.Task;
            }

            if (wait is null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var due = Task.Delay(wait.Value > TimeSpan.Zero ? wait.Value : TimeSpan.Zero, time, stop.Token);
                await Task.WhenAny(changed, due).ConfigureAwait(false);
                await stop.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The attempt placed the pod: it leaves the queue.</summary>
    public void Done(QueuedPod pod)
    {
        lock (_lock)
        {
            if (_pods.TryGetValue(pod.Pod.Uid, out var entry) && entry.Part == Part.InFlight)
            {
                _pods.Remove(pod.Pod.Uid);
            }
        }
    }

    /// <summary>The attempt failed: the pod waits, unless it was removed meanwhile.</summary>
    /// <param name="pod">What <see cref="PopAsync"/> gave.</param>
    /// <param name="mark">Its mark. When the cluster has changed since, the pod waits out its back-off only.</param>
    /// <param name="rejectedBy">Plugins that rejected it; empty when the attempt failed for another reason, such as an error.</param>
    public void Return(QueuedPod pod, long mark, IReadOnlySet<string> rejectedBy)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Pod.Uid, out var entry) || entry.Part != Part.InFlight)
            {
                return;
            }

            pod.Timestamp = time.GetUtcNow();
            pod.RejectedBy = rejectedBy;
            if (rejectedBy.Count == 0 || _moves != mark)
            {
                Backoff(pod);
            }
            else
            {
                _pods[pod.Pod.Uid] = (pod, Part.Unschedulable);
                Signal();
            }
        }
    }

    /// <summary>Something in the cluster has changed that may make room: unschedulable pods get another try after their back-off.</summary>
    public void ClusterChanged()
    {
        lock (_lock)
        {
            _moves++;
            foreach (var (pod, _) in _pods.Values.Where(entry => entry.Part == Part.Unschedulable).ToList())
            {
                Requeue(pod);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The pause after the pod's last attempt: 1 s, 2 s, 4 s, … 10 s.</summary>
    private static TimeSpan BackoffOf(QueuedPod pod)
    {
        var pause = InitialBackoff;
        for (var attempt = 1; attempt < pod.Attempts && pause < MaxBackoff; attempt++)
        {
            pause *= 2;
        }

        return pause < MaxBackoff ? pause : MaxBackoff;
    }

    private static bool SchedulingChanged(PodInfo before, PodInfo after) =>
        before.Pod.Metadata.Generation != after.Pod.Metadata.Generation
        || before.Spec.SchedulingGates?.Count != after.Spec.SchedulingGates?.Count
        || before.Spec.Tolerations?.Count != after.Spec.Tolerations?.Count
        || !SameLabels(before.Pod.Metadata.Labels, after.Pod.Metadata.Labels);

    private static bool SameLabels(Dictionary<string, string>? left, Dictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var value) && value == pair.Value));

    private void Enqueue(QueuedPod pod)
    {
        if (preEnqueue.Any(plugin => !plugin.PreEnqueue(pod.Pod).IsSuccess))
        {
            _pods[pod.Pod.Uid] = (pod, Part.Gated);
            return;
        }

        _pods[pod.Pod.Uid] = (pod, Part.Active);
        _active.Add(pod);
        Signal();
    }

    private void Requeue(QueuedPod pod)
    {
        if (pod.Attempts > 0 && pod.Timestamp + BackoffOf(pod) > time.GetUtcNow())
        {
            Backoff(pod);
        }
        else
        {
            Enqueue(pod);
        }
    }

    private void Backoff(QueuedPod pod)
    {
        _pods[pod.Pod.Uid] = (pod, Part.Backoff);
        _backoff.Enqueue(pod, pod.Timestamp + BackoffOf(pod));
        Signal();
    }

    private void FlushDue()
    {
        var now = time.GetUtcNow();
        while (_backoff.TryPeek(out var pod, out var due) && due <= now)
        {
            _backoff.Dequeue();

            // A heap can't give up an entry in its middle: one whose pod has moved on is dropped here.
            if (_pods.TryGetValue(pod.Pod.Uid, out var entry) && entry.Pod == pod && entry.Part == Part.Backoff)
            {
                Enqueue(pod);
            }
        }

        foreach (var (pod, _) in _pods.Values.Where(entry => entry.Part == Part.Unschedulable
            && entry.Pod.Timestamp + UnschedulableLimit <= now).ToList())
        {
            Enqueue(pod);
        }
    }

    private DateTimeOffset? NextDue()
    {
        DateTimeOffset? next = _backoff.TryPeek(out _, out var due) ? due : null;
        foreach (var (pod, part) in _pods.Values)
        {
            if (part == Part.Unschedulable && (next is null || pod.Timestamp + UnschedulableLimit < next))
            {
                next = pod.Timestamp + UnschedulableLimit;
            }
        }

        return next;
    }

    private void Signal()
    {
        var signalled = _changed;
        _changed = NewSignal();
        signalled.TrySetResult();
    }
}
