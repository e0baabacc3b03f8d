using System.Diagnostics.CodeAnalysis;

namespace Kube.Client.Queues;

/// <summary>
/// A queue of things to look at again, with the promises of client-go's workqueue:
/// <list type="bullet">
/// <item>an item is in the queue at most once, however often it is added before it is taken;</item>
/// <item>an item is processed by one worker at a time: added while it is processed, it is queued again when the
/// worker calls <see cref="Done"/>;</item>
/// <item>items are taken in the order in which they became ready.</item>
/// </list>
/// Memory is bounded by the number of distinct items, which the caller bounds by using keys of objects in a store.
/// All members may be called from any thread; none blocks. Time comes from the TimeProvider handed in.
/// </summary>
public sealed partial class WorkQueue<T> : IDisposable
    where T : notnull
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly IRateLimiter<T> _limiter;
    private readonly WorkQueueMetrics _metrics;

    /// <summary>Ready and not taken, in order. Every member is also in <see cref="_dirty"/>.</summary>
    private readonly Queue<T> _ready = new();

    /// <summary>Everything that needs processing: ready, or to be ready as soon as its worker is done.</summary>
    private readonly Dictionary<T, long> _dirty;

    /// <summary>Taken and not done, with the time it was taken.</summary>
    private readonly Dictionary<T, long> _processing;
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _shutDown;

    /// <param name="name">The name that the queue's metrics carry.</param>
    /// <param name="time">The clock of delays.</param>
    /// <param name="limiter">Back-off of <see cref="AddRateLimited"/>; <see cref="ControllerRateLimiter{T}"/> when null.</param>
    /// <param name="comparer">Equality of items.</param>
    public WorkQueue(string name, TimeProvider time, IRateLimiter<T>? limiter = null, IEqualityComparer<T>? comparer = null)
    {
        Name = name;
        _time = time;
        _limiter = limiter ?? new ControllerRateLimiter<T>(time);
        _dirty = new Dictionary<T, long>(comparer);
        _processing = new Dictionary<T, long>(comparer);
        _delayedAt = new Dictionary<T, DelayedItem>(comparer);
        _timer = time.CreateTimer(static queue => ((WorkQueue<T>)queue!).MoveDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _metrics = new WorkQueueMetrics(name, () => Count, UnfinishedSeconds);
    }

    /// <summary>The queue's name, as its metrics carry it.</summary>
    public string Name { get; }

    /// <summary>How many items are ready and not taken.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>True once shut down: nothing is added any more.</summary>
    public bool IsShutDown
    {
        get
        {
            lock (_lock)
            {
                return _shutDown;
            }
        }
    }

    /// <summary>Marks the item as needing processing. Without effect when it already is, or after shut-down.</summary>
    public void Add(T item)
    {
        lock (_lock)
        {
            AddLocked(item);
        }
    }

    /// <summary>
    /// Waits for an item and takes it; the caller must call <see cref="Done"/> for it. Returns false once the queue is
    /// shut down and empty. Throws OperationCanceledException when <paramref name="cancellation"/> is signalled first.
    /// </summary>
    public ValueTask<WorkItem<T>> GetAsync(CancellationToken cancellation = default)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (cancellation.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<WorkItem<T>>(cancellation);
            }

            if (TryTakeLocked(out var item))
            {
                return ValueTask.FromResult(new WorkItem<T>(true, item));
            }

            if (_shutDown)
            {
                return ValueTask.FromResult(default(WorkItem<T>));
            }

            waiter = new Waiter();
            waiter.Node = _waiters.AddLast(waiter);
        }

        return new ValueTask<WorkItem<T>>(WaitAsync(waiter, cancellation));
    }

    /// <summary>Takes an item if one is ready.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            return TryTakeLocked(out item);
        }
    }

    /// <summary>The worker has finished with an item it took; if the item was added meanwhile it is ready again.</summary>
    public void Done(T item)
    {
        lock (_lock)
        {
            if (!_processing.Remove(item, out var takenAt))
            {
                return;
            }

            _metrics.Worked(_time.GetElapsedTime(takenAt));
            if (_dirty.ContainsKey(item))
            {
                _dirty[item] = _time.GetTimestamp();
                EnqueueLocked(item);
            }

            SignalDrainedLocked();
        }
    }

    /// <summary>
    /// Adds nothing more. Items already ready are still handed out; once they are gone <see cref="GetAsync"/> returns
    /// false. Delayed items are dropped.
    /// </summary>
    public void ShutDown()
    {
        List<Waiter> released = [];
        lock (_lock)
        {
            if (_shutDown)
            {
                return;
            }

            _shutDown = true;
            ClearDelayedLocked();
            foreach (var waiter in _waiters)
            {
                waiter.Node = null;
                released.Add(waiter);
            }

            _waiters.Clear();
            SignalDrainedLocked();
        }

        foreach (var waiter in released)
        {
            waiter.TrySetResult(default);
        }
    }

    /// <summary>Shuts down and waits until every item, ready or taken, is done.</summary>
    public Task ShutDownWithDrainAsync(CancellationToken cancellation = default)
    {
        ShutDown();
        return _drained.Task.WaitAsync(cancellation);
    }

    /// <summary>Shuts down at once and takes the queue's metrics away.</summary>
    public void Dispose()
    {
        ShutDown();
        _timer.Dispose();
        _metrics.Dispose();
    }

    private async Task<WorkItem<T>> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(
            static (state, token) =>
            {
                var (queue, waiter) = ((WorkQueue<T>, Waiter))state!;
                lock (queue._lock)
                {
                    if (waiter.Node is null)
                    {
                        return; // an item is already on its way to this waiter
                    }

                    queue._waiters.Remove(waiter.Node);
                    waiter.Node = null;
                }

                waiter.TrySetCanceled(token);
            },
            (this, waiter));
        return await waiter.Task.ConfigureAwait(false);
    }

    private void AddLocked(T item)
    {
        if (_shutDown || !_dirty.TryAdd(item, _time.GetTimestamp()))
        {
            return;
        }

        _metrics.Added();
        if (!_processing.ContainsKey(item))
        {
            EnqueueLocked(item);
        }
    }

    private void EnqueueLocked(T item)
    {
        _ready.Enqueue(item);
        if (_waiters.First is { } node && TryTakeLocked(out var taken))
        {
            _waiters.RemoveFirst();
            node.Value.Node = null;
            node.Value.TrySetResult(new WorkItem<T>(true, taken)); // continuations run elsewhere: the lock is held
        }
    }

    private bool TryTakeLocked([MaybeNullWhen(false)] out T item)
    {
        if (!_ready.TryDequeue(out item))
        {
            return false;
        }

        var now = _time.GetTimestamp();
        _dirty.Remove(item, out var addedAt);
        _processing[item] = now;
        _metrics.Taken(_time.GetElapsedTime(addedAt, now));
        return true;
    }

    private void SignalDrainedLocked()
    {
        if (_shutDown && _ready.Count == 0 && _processing.Count == 0)
        {
            _drained.TrySetResult();
        }
    }

    private double UnfinishedSeconds()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            return _processing.Values.Sum(takenAt => _time.GetElapsedTime(takenAt, now).TotalSeconds);
        }
    }

    private sealed class Waiter() : TaskCompletionSource<WorkItem<T>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter>? Node { get; set; }
    }
}

/// <summary>What a queue hands to a worker; <see cref="Taken"/> is false when the queue is shut down and empty.</summary>
public readonly record struct WorkItem<T>(bool Taken, T Item);
