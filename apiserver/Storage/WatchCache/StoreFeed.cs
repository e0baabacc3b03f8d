using Kube.Base;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// One watch on the whole registry that feeds every resource's cache, so that one position tells how far all of them
/// are: a consistent read asks the store for its revision, waits until the feed is there, and reads the cache.
/// </summary>
/// <remarks>
/// One task runs the watch, one per cache reads its first list. A watch that cannot go on (history compacted) drops
/// every cache's state and starts over. Reads of the store's revision are shared: callers who come while one is under
/// way all take the next.
/// </remarks>
internal sealed partial class StoreFeed : IAsyncDisposable
{
    public const string Root = "/registry/";

    private const int ListPageSize = 5_000;

    private readonly IObjectStorage _storage;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<StoreFeed> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceCache> _caches = new(StringComparer.Ordinal);
    private readonly RevisionReader _revisions;
    private TaskCompletionSource _moved = NewSignal();
    private Task _run = Task.CompletedTask;
    private long _position;

    public StoreFeed(IObjectStorage storage, TimeProvider time, ILoggerFactory loggers)
    {
        _storage = storage;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<StoreFeed>();
        _revisions = new RevisionReader(storage);
    }

    /// <summary>Every change up to this revision is in the caches that have their first list.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Starts the watch; caches registered before and after fill on their own.</summary>
    public void Start() => _run = RunAsync(_stop.Token);

    /// <summary>The cache of a resource, made and filled from now on when it is new.</summary>
    /// <param name="prefix">"/registry/pods/": one segment after the root, or two where the first has a dot.</param>
    public ResourceCache Register(string prefix, IReadOnlyList<SelectableField> fields)
    {
        Invariant.Check(prefix.StartsWith(Root, StringComparison.Ordinal) && prefix.EndsWith('/'));
        lock (_lock)
        {
            if (_caches.TryGetValue(prefix, out var known))
            {
                return known;
            }

            var cache = new ResourceCache(prefix, fields, _time, _loggers.CreateLogger<ResourceCache>());
            _caches[prefix] = cache;
            if (Position > 0)
            {
                _ = FillAsync(cache, cache.Generation, _stop.Token);
            }

            return cache;
        }
    }

    /// <summary>Removes a cache; its watchers end.</summary>
    public void Unregister(string prefix)
    {
        lock (_lock)
        {
            if (_caches.Remove(prefix, out var cache))
            {
                cache.Reset();
            }
        }
    }

    /// <summary>True once every cache has its first list.</summary>
    public bool IsReady
    {
        get
        {
            lock (_lock)
            {
                return Position > 0 && _caches.Values.All(c => c.Snapshot is not null);
            }
        }
    }

    /// <summary>
    /// Waits until the cache holds every write acknowledged before the call, and gives its state and the revision the
    /// state stands for.
    /// </summary>
    public async Task<CacheSnapshot> ReadConsistentAsync(ResourceCache cache, CancellationToken cancellationToken)
    {
        var revision = await _revisions.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAtLeastAsync(cache, revision, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The state of the cache once it is not older than a revision.</summary>
    public async Task<CacheSnapshot> ReadAtLeastAsync(ResourceCache cache, long revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            var ready = cache.Snapshot is not null;
            if (!ready)
            {
                await cache.WaitReadyAsync(cancellationToken).ConfigureAwait(false);
            }

            // The position is read before the state: the state then holds at least every change up to it.
            var moved = Volatile.Read(ref _moved).Task;
            var position = Position;
            if (cache.Snapshot is not { } snapshot)
            {
                continue;
            }

            var reached = Math.Max(position, snapshot.Revision);
            if (reached >= revision)
            {
                return snapshot with { Revision = reached };
            }

            if (!moved.IsCompleted)
            {
                await AwaitMoveAsync(moved, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>
    /// Waits for the feed to move. Where nothing moves it, because the store's revision grew by a key outside the
    /// registry or a connection died silently, a progress request does.
    /// </summary>
    private async Task AwaitMoveAsync(Task moved, CancellationToken cancellationToken)
    {
        using var nudge = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(TimeSpan.FromMilliseconds(50), _time, nudge.Token);
        if (await Task.WhenAny(moved, delay).ConfigureAwait(false) == moved)
        {
            await nudge.CancelAsync().ConfigureAwait(false);
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        await _storage.RequestProgressAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var begun = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!begun)
                {
                    var start = await _storage.CurrentRevisionAsync(cancellationToken).ConfigureAwait(false);
                    BeginGeneration(start, cancellationToken);
                    begun = true;
                }

                await foreach (var batch in _storage.WatchAsync(Root, Position + 1, withPrevious: false, cancellationToken).ConfigureAwait(false))
                {
                    Dispatch(batch);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StorageCompactedException exception)
            {
                // What happened in between can no longer be told: only the state can be read again.
                LogFeedLost(exception.Message);
                begun = false;
            }
            catch (StorageException exception)
            {
                LogFeedInterrupted(Position, exception.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(250), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void BeginGeneration(long start, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var cache in _caches.Values)
            {
                cache.Reset();
                _ = FillAsync(cache, cache.Generation, cancellationToken);
            }

            MoveTo(start);
        }
    }

    private async Task FillAsync(ResourceCache cache, long generation, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Yield();
                var (objects, revision) = await ListAllAsync(cache.Prefix, cancellationToken).ConfigureAwait(false);
                if (cache.Generation != generation || cache.Load(objects, revision))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StorageException exception)
            {
                LogFillFailed(cache.Prefix, exception.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(250), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<(List<StoredObject> Objects, long Revision)> ListAllAsync(string prefix, CancellationToken cancellationToken)
    {
        var objects = new List<StoredObject>();
        var page = await _storage.ListAsync(new StorageListRequest(prefix, null, ListPageSize), cancellationToken).ConfigureAwait(false);
        objects.AddRange(page.Objects);
        while (page.Remaining > 0)
        {
            var next = new StorageListRequest(prefix, page.Objects[^1].Key + "\0", ListPageSize, page.Revision);
            page = await _storage.ListAsync(next, cancellationToken).ConfigureAwait(false);
            objects.AddRange(page.Objects);
        }

        return (objects, page.Revision);
    }

    private void Dispatch(StorageEventBatch batch)
    {
        lock (_lock)
        {
            if (batch.Events.Count == 1)
            {
                CacheOf(batch.Events[0].Key)?.Apply(batch.Events);
            }
            else
            {
                foreach (var group in batch.Events.GroupBy(e => CacheOf(e.Key)))
                {
                    group.Key?.Apply([.. group]);
                }
            }

            MoveTo(batch.Revision);
        }
    }

    private ResourceCache? CacheOf(string key)
    {
        var end = key.IndexOf('/', Root.Length);
        if (end > 0 && key.AsSpan(Root.Length, end - Root.Length).Contains('.'))
        {
            end = key.IndexOf('/', end + 1);
        }

        return end > 0 && _caches.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key.AsSpan(0, end + 1), out var cache) ? cache : null;
    }

    private void MoveTo(long revision)
    {
        if (revision > _position)
        {
            Interlocked.Exchange(ref _position, revision);
        }

        Interlocked.Exchange(ref _moved, NewSignal()).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
