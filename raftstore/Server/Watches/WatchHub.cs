using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// Hands changes to the watchers that are up to date. A task of its own follows the store's history, so that the
/// applying thread only sets a signal, and it never waits for a watcher: one whose stream has no room falls back
/// to reading history by itself.
/// </summary>
/// <remarks>
/// The lock orders everything about watchers. While a watcher is synced it has been given, in its stream's queue,
/// exactly its changes up to <see cref="Position"/>.
/// </remarks>
internal sealed class WatchHub : IAsyncDisposable
{
    /// <summary>Main revisions dispatched under the lock at a time.</summary>
    private const int MaxRevisionsAtOnce = 256;

    private readonly StoreStateMachine _machine;
    private readonly WatcherIndex _synced = new();
    private readonly List<Watcher> _touched = [];
    private readonly HashSet<WatchStream> _awaitingProgress = [];
    private readonly Signal _signal = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly MvccStore.HistoryPin _pin;
    private readonly Task _loop;
    private long _position;
    private int _watcherCount;
    private int _streamCount;
    private long _eventsSent;

    public WatchHub(StoreStateMachine machine)
    {
        _machine = machine;
        _position = machine.Store.CurrentRevision;
        _pin = machine.Store.PinHistory(_position);
        machine.RevisionAdvanced += OnRevisionAdvanced;
        machine.Restored += OnRestored;
        _loop = RunAsync();
    }

    public Lock Gate { get; } = new();

    public MvccStore Store => _machine.Store;

    /// <summary>Last revision handed to the synced watchers. Read under the lock.</summary>
    public long Position => _position;

    /// <summary>Faults when the hub cannot go on; completes when it is disposed.</summary>
    public Task Completion => _loop;

    /// <summary>Watchers of all streams.</summary>
    public int WatcherCount => Volatile.Read(ref _watcherCount);

    /// <summary>Streams that are open.</summary>
    public int StreamCount => Volatile.Read(ref _streamCount);

    /// <summary>Events sent, of all watchers.</summary>
    public long EventsSent => Interlocked.Read(ref _eventsSent);

    /// <summary>Watchers that read history because they are behind.</summary>
    public int LaggingCount
    {
        get
        {
            lock (Gate)
            {
                return _watcherCount - _synced.Count;
            }
        }
    }

    public void OnSent(int events) => Interlocked.Add(ref _eventsSent, events);

    public void OnOpened() => Interlocked.Increment(ref _streamCount);

    public void OnClosed() => Interlocked.Decrement(ref _streamCount);

    public async ValueTask DisposeAsync()
    {
        _machine.RevisionAdvanced -= OnRevisionAdvanced;
        _machine.Restored -= OnRestored;
        _stopping.Cancel();
        await _loop;
        _pin.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Takes a new watcher in, synced when it starts in the future. Under the lock.</summary>
    public void Add(Watcher watcher)
    {
        Interlocked.Increment(ref _watcherCount);
        var current = Store.CurrentRevision;
        if (watcher.StartRevision == 0 || watcher.StartRevision > current)
        {
            watcher.NextRevision = Math.Max(watcher.StartRevision, current + 1);
            watcher.State = WatcherState.Synced;
            _synced.Add(watcher);
        }
        else
        {
            watcher.NextRevision = watcher.StartRevision;
            watcher.State = WatcherState.Lagging;
            watcher.Stream.AddLagging(watcher);
        }
    }

    /// <summary>Lets a watcher go. Under the lock.</summary>
    public void Remove(Watcher watcher)
    {
        if (watcher.State == WatcherState.Ended)
        {
            return;
        }
        if (watcher.State == WatcherState.Synced)
        {
            _synced.Remove(watcher);
        }
        watcher.State = WatcherState.Ended;
        Interlocked.Decrement(ref _watcherCount);
    }

    /// <summary>Takes a lagging watcher that has read all the hub has dispatched among the synced ones. Under the lock.</summary>
    /// <returns>False when the hub is further than it.</returns>
    public bool TrySync(Watcher watcher)
    {
        if (watcher.NextRevision <= _position)
        {
            return false;
        }
        watcher.State = WatcherState.Synced;
        _synced.Add(watcher);
        return true;
    }

    /// <summary>Wakes the stream when the position has moved. Under the lock.</summary>
    public void AwaitProgress(WatchStream stream) => _awaitingProgress.Add(stream);

    private void OnRevisionAdvanced(long revision) => _signal.Set();

    private void OnRestored()
    {
        lock (Gate)
        {
            // What the watchers have not seen of the new contents lies in its history, or is compacted.
            foreach (var watcher in _synced.TakeAll())
            {
                watcher.State = WatcherState.Lagging;
                watcher.NextRevision = Math.Max(watcher.NextRevision, _position + 1);
                watcher.Stream.AddLagging(watcher);
            }
            _position = Store.CurrentRevision;
            _pin.MoveTo(_position);
        }
        _signal.Set();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(_stopping.Token);
                while (Dispatch())
                {
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Hands out the next changes.</summary>
    /// <returns>True when there may be more.</returns>
    private bool Dispatch()
    {
        lock (Gate)
        {
            var newest = Store.CurrentRevision;
            if (newest <= _position)
            {
                return false;
            }
            var upTo = Math.Min(newest, _position + MaxRevisionsAtOnce);
            if (_synced.Count > 0)
            {
                foreach (var version in Store.Changes(_position + 1, out _))
                {
                    if (version.ModRevision > upTo)
                    {
                        break;
                    }
                    var change = new WatchEvent(version, Store);
                    _synced.Match(version.Key, (Hub: this, Change: change), static (watcher, state) => state.Hub.Collect(watcher, state.Change));
                }
            }
            Deliver(upTo);
            _position = upTo;
            _pin.MoveTo(upTo);
            foreach (var stream in _awaitingProgress)
            {
                stream.Wake();
            }
            _awaitingProgress.Clear();
            return upTo < newest;
        }
    }

    private void Collect(Watcher watcher, WatchEvent change)
    {
        if (change.Version.ModRevision < watcher.NextRevision || !watcher.Wants(change.Version))
        {
            return;
        }
        if (watcher.Collected is null)
        {
            watcher.Collected = [];
            _touched.Add(watcher);
        }
        change.Hold(watcher.WithPrevious);
        watcher.Collected.Add(change);
    }

    private void Deliver(long upTo)
    {
        foreach (var watcher in _touched)
        {
            var events = watcher.Collected!;
            watcher.Collected = null;
            if (watcher.Stream.TryEnqueue(watcher, events, upTo))
            {
                watcher.NextRevision = upTo + 1;
                continue;
            }
            _synced.Remove(watcher);
            watcher.State = WatcherState.Lagging;
            watcher.NextRevision = events[0].Version.ModRevision;
            watcher.Stream.AddLagging(watcher);
        }
        _touched.Clear();
    }
}
