using System.Text;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.ApiServer.Tests.Storage;

public sealed class StoreFeedTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(20));
    private readonly InMemoryObjectStorage _storage = new(TimeProvider.System);
    private readonly StoreFeed _feed;

    public StoreFeedTests() => _feed = new StoreFeed(_storage, TimeProvider.System, NullLoggerFactory.Instance);

    private CancellationToken Ct => _bound.Token;

    public async ValueTask DisposeAsync()
    {
        await _feed.DisposeAsync();
        _bound.Dispose();
    }

    [Fact]
    public async Task A_consistent_read_sees_every_acknowledged_write()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        for (var i = 0; i < 200; i++)
        {
            var written = await WriteAsync("pods/ns/p" + i);
            var snapshot = await _feed.ReadConsistentAsync(cache, Ct);
            Assert.True(snapshot.Revision >= written);
            Assert.NotNull(snapshot.Objects.Find("ns/p" + i));
        }
    }

    [Fact]
    public async Task A_consistent_read_does_not_wait_for_changes_of_its_own_resource()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        var written = await WriteAsync("nodes/n1");
        Assert.True((await _feed.ReadConsistentAsync(cache, Ct)).Revision >= written);
    }

    [Fact]
    public async Task A_cache_registered_late_misses_nothing()
    {
        _feed.Start();
        await _feed.ReadConsistentAsync(_feed.Register("/registry/pods/", []), Ct);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await WriteAsync("things.example.com/widgets/ns/w" + i);
            }
        }, Ct);
        var cache = _feed.Register("/registry/things.example.com/widgets/", []);
        await writing;
        Assert.Equal(300, (await _feed.ReadConsistentAsync(cache, Ct)).Objects.Count);
    }

    [Fact]
    public async Task A_cursor_reads_every_change_once_and_in_order()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        await _feed.ReadConsistentAsync(cache, Ct);
        var cursor = cache.OpenWithSnapshot()!.Value.Cursor;
        var revisions = new List<long>();
        for (var i = 0; i < 50; i++)
        {
            revisions.Add(await WriteAsync("pods/ns/p" + i));
        }

        var read = await ReadAsync(cursor, revisions.Count);
        Assert.Equal(revisions, read.Select(e => e.Revision));
        var resumed = cache.OpenCursor(revisions[24]);
        Assert.Equal(revisions.Skip(25), (await ReadAsync(resumed, 25)).Select(e => e.Revision));
    }

    [Fact]
    public void Changes_that_the_loaded_state_holds_already_are_not_told_again()
    {
        var cache = new ResourceCache("/registry/pods/", [], TimeProvider.System, NullLogger<ResourceCache>.Instance);
        ReadOnlyMemory<byte> value = "{\"kind\":\"Pod\"}"u8.ToArray();
        cache.Load([new StoredObject("/registry/pods/ns/p", value, 3, 3)], revision: 5);
        cache.Apply([new StorageEvent("/registry/pods/ns/p", value, 3, null)]);
        cache.Apply([new StorageEvent("/registry/pods/ns/q", null, 5, null)]);
        Assert.Equal(5, cache.Snapshot!.Revision);

        cache.Apply([new StorageEvent("/registry/pods/ns/p", null, 6, null)]);
        Assert.Equal(6, cache.Snapshot.Revision);
        Assert.Null(cache.Snapshot.Objects.Find("ns/p"));
    }

    [Fact]
    public async Task A_departed_object_carries_the_revision_of_its_deletion()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        var written = await WriteAsync("pods/ns/p");
        await _feed.ReadConsistentAsync(cache, Ct);
        var cursor = cache.OpenWithSnapshot()!.Value.Cursor;
        var deleted = await _storage.DeleteAsync("/registry/pods/ns/p", written, Ct);
        var change = Assert.Single(await ReadAsync(cursor, 1));
        Assert.Null(change.Current);
        Assert.Contains($"\"resourceVersion\":\"{deleted.Revision}\"", Encoding.UTF8.GetString(change.Departed().Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Past_states_are_read_from_recent_changes()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        var names = new List<(long Revision, string[] Names)>();
        for (var i = 0; i < 40; i++)
        {
            var revision = i % 3 == 2
                ? (await _storage.DeleteAsync("/registry/pods/ns/p" + (i - 1), names[^1].Revision, Ct)).Revision
                : await WriteAsync("pods/ns/p" + i);
            names.Add((revision, [.. (await _feed.ReadConsistentAsync(cache, Ct)).Objects.Range("").Select(o => o.Name)]));
        }

        // The cache was filled at some revision of its own; from there on every state can be told.
        Assert.All(names.Skip(1), state => Assert.Equal(state.Names, cache.SnapshotAt(state.Revision)!.Objects.Range("").Select(o => o.Name)));
    }

    [Fact]
    public async Task Compacted_history_makes_the_caches_start_over_and_the_watches_end()
    {
        var broken = new BreakingStorage(_storage);
        await using var feed = new StoreFeed(broken, TimeProvider.System, NullLoggerFactory.Instance);
        var cache = feed.Register("/registry/pods/", []);
        feed.Start();
        await feed.ReadConsistentAsync(cache, Ct);
        var cursor = cache.OpenWithSnapshot()!.Value.Cursor;
        var events = new CacheEvent[1];
        Assert.True(cursor.TryRead(events, out _));
        broken.Break(new StorageCompactedException(1));
        await WriteAsync("pods/ns/p");
        Assert.NotNull((await feed.ReadConsistentAsync(cache, Ct)).Objects.Find("ns/p"));
        while (cursor.TryRead(events, out _))
        {
            await cursor.Changed.WaitAsync(Ct);
        }
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_ends_no_watch()
    {
        var broken = new BreakingStorage(_storage);
        await using var feed = new StoreFeed(broken, TimeProvider.System, NullLoggerFactory.Instance);
        var cache = feed.Register("/registry/pods/", []);
        feed.Start();
        await feed.ReadConsistentAsync(cache, Ct);
        var cursor = cache.OpenWithSnapshot()!.Value.Cursor;
        broken.Break(new StorageUnavailableException("down", false));
        var written = await WriteAsync("pods/ns/p");
        var change = Assert.Single(await ReadAsync(cursor, 1));
        Assert.Equal(written, change.Revision);
    }

    [Fact]
    public async Task A_value_that_is_no_object_is_left_out()
    {
        var cache = _feed.Register("/registry/pods/", []);
        _feed.Start();
        await _storage.CreateAsync("/registry/pods/ns/bad", Encoding.UTF8.GetBytes("nonsense"), null, Ct);
        await WriteAsync("pods/ns/good");
        var snapshot = await _feed.ReadConsistentAsync(cache, Ct);
        Assert.Equal(["good"], snapshot.Objects.Range("").Select(o => o.Name));
    }

    [Fact]
    public void A_ring_forgets_the_oldest_and_says_so()
    {
        var ring = new EventRing(256, minAgeTicks: 0);
        ring.Reset(10);
        for (var revision = 11; revision <= 400; revision++)
        {
            ring.Add(new CacheEvent(revision, revision, null, null));
        }

        Assert.Equal(256, ring.Next - ring.First);
        Assert.Equal(144, ring.CompleteAfter);
        Assert.Equal(145, ring[ring.SequenceAfter(144)].Revision);
        Assert.Equal(301, ring[ring.SequenceAfter(300)].Revision);
        Assert.Equal(ring.Next, ring.SequenceAfter(400));
    }

    [Fact]
    public void A_ring_grows_while_its_events_are_young()
    {
        var ring = new EventRing(1024, minAgeTicks: 1_000_000);
        ring.Reset(0);
        for (var revision = 1; revision <= 1500; revision++)
        {
            ring.Add(new CacheEvent(revision, revision, null, null));
        }

        Assert.Equal(1024, ring.Next - ring.First);
        Assert.Equal(Enumerable.Range(477, 1024).Select(i => (long)i), Enumerable.Range(0, 1024).Select(i => ring[ring.First + i].Revision));
    }

    private async Task<long> WriteAsync(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        var outcome = await _storage.CreateAsync("/registry/" + key, Encoding.UTF8.GetBytes("{\"metadata\":{\"name\":\"" + name + "\"}}"), null, Ct);
        Assert.True(outcome.Succeeded);
        return outcome.Revision;
    }

    private async Task<List<CacheEvent>> ReadAsync(CacheCursor cursor, int count)
    {
        var events = new List<CacheEvent>();
        var buffer = new CacheEvent[7];
        while (events.Count < count)
        {
            var changed = cursor.Changed;
            Assert.True(cursor.TryRead(buffer, out var read));
            events.AddRange(buffer[..read]);
            if (read == 0)
            {
                await changed.WaitAsync(Ct);
            }
        }

        return events;
    }

    /// <summary>Passes everything on; its watch fails when told to.</summary>
    private sealed class BreakingStorage(IObjectStorage inner) : IObjectStorage
    {
        private TaskCompletionSource<Exception> _break = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Break(Exception exception) => Interlocked.Exchange(ref _break, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(exception);

        public Task<StorageRead> GetAsync(string key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public Task<StorageList> ListAsync(StorageListRequest request, CancellationToken cancellationToken) => inner.ListAsync(request, cancellationToken);

        public Task<long> CurrentRevisionAsync(CancellationToken cancellationToken) => inner.CurrentRevisionAsync(cancellationToken);

        public Task<WriteOutcome> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
            inner.CreateAsync(key, value, timeToLive, cancellationToken);

        public Task<WriteOutcome> UpdateAsync(string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
            inner.UpdateAsync(key, value, expectedRevision, timeToLive, cancellationToken);

        public Task<WriteOutcome> DeleteAsync(string key, long expectedRevision, CancellationToken cancellationToken) => inner.DeleteAsync(key, expectedRevision, cancellationToken);

        public Task RequestProgressAsync(CancellationToken cancellationToken) => inner.RequestProgressAsync(cancellationToken);

        public async IAsyncEnumerable<StorageEventBatch> WatchAsync(
            string prefix, long fromRevision, bool withPrevious, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var broken = _break.Task;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var batches = inner.WatchAsync(prefix, fromRevision, withPrevious, stop.Token).GetAsyncEnumerator(stop.Token);
            while (true)
            {
                var next = batches.MoveNextAsync().AsTask();
                if (await Task.WhenAny(next, broken) == broken)
                {
                    await stop.CancelAsync();
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw await broken;
                }

                await next;
                yield return batches.Current;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
