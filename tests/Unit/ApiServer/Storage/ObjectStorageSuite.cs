using System.Text;
using Kube.ApiServer.Storage;

namespace Kube.ApiServer.Tests.Storage;

/// <summary>What every implementation of IObjectStorage promises. Each test has keys of its own, so that a store may be shared.</summary>
public abstract class ObjectStorageSuite
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static int s_tests;

    private readonly string _prefix = $"/registry/suite{Environment.ProcessId}x{Interlocked.Increment(ref s_tests)}/";
    private readonly CancellationTokenSource _bound = new(Bound);

    private CancellationToken Ct => _bound.Token;

    /// <summary>The storage under test, for one test.</summary>
    protected abstract Task<IObjectStorage> OpenAsync();

    /// <summary>Makes the store forget history up to a revision.</summary>
    protected abstract Task CompactAsync(IObjectStorage storage, long revision);

    [Fact]
    public async Task Reads_nothing_for_an_absent_key()
    {
        await using var storage = await OpenAsync();
        var read = await storage.GetAsync(_prefix + "none", Ct);
        Assert.Null(read.Object);
        Assert.True(read.Revision > 0);
    }

    [Fact]
    public async Task Creates_once()
    {
        await using var storage = await OpenAsync();
        var first = await storage.CreateAsync(_prefix + "a", Bytes("1"), null, Ct);
        var second = await storage.CreateAsync(_prefix + "a", Bytes("2"), null, Ct);
        Assert.True(first.Succeeded);
        Assert.False(second.Succeeded);
        Assert.Equal("1", Text(second.Current!.Value));
        Assert.Equal(first.Revision, second.Current.ModRevision);
        var read = await storage.GetAsync(_prefix + "a", Ct);
        Assert.Equal(first.Revision, read.Object!.ModRevision);
        Assert.Equal(first.Revision, read.Object.CreateRevision);
    }

    [Fact]
    public async Task Updates_only_what_was_seen()
    {
        await using var storage = await OpenAsync();
        var created = await storage.CreateAsync(_prefix + "a", Bytes("1"), null, Ct);
        var updated = await storage.UpdateAsync(_prefix + "a", Bytes("2"), created.Revision, null, Ct);
        var late = await storage.UpdateAsync(_prefix + "a", Bytes("3"), created.Revision, null, Ct);
        Assert.True(updated.Succeeded);
        Assert.True(updated.Revision > created.Revision);
        Assert.False(late.Succeeded);
        Assert.Equal("2", Text(late.Current!.Value));
        Assert.Equal(created.Revision, late.Current.CreateRevision);
    }

    [Fact]
    public async Task Does_not_update_an_absent_key()
    {
        await using var storage = await OpenAsync();
        var outcome = await storage.UpdateAsync(_prefix + "a", Bytes("2"), 5, null, Ct);
        Assert.False(outcome.Succeeded);
        Assert.Null(outcome.Current);
    }

    [Fact]
    public async Task Deletes_only_what_was_seen()
    {
        await using var storage = await OpenAsync();
        var created = await storage.CreateAsync(_prefix + "a", Bytes("1"), null, Ct);
        var wrong = await storage.DeleteAsync(_prefix + "a", created.Revision + 1, Ct);
        var right = await storage.DeleteAsync(_prefix + "a", created.Revision, Ct);
        var again = await storage.DeleteAsync(_prefix + "a", created.Revision, Ct);
        Assert.False(wrong.Succeeded);
        Assert.Equal("1", Text(wrong.Current!.Value));
        Assert.True(right.Succeeded);
        Assert.True(right.Revision > created.Revision);
        Assert.False(again.Succeeded);
        Assert.Null(again.Current);
        Assert.Null((await storage.GetAsync(_prefix + "a", Ct)).Object);
    }

    [Fact]
    public async Task Of_concurrent_updates_one_wins()
    {
        await using var storage = await OpenAsync();
        var created = await storage.CreateAsync(_prefix + "a", Bytes("0"), null, Ct);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => storage.UpdateAsync(_prefix + "a", Bytes("w" + i), created.Revision, null, Ct)));
        Assert.Single(outcomes, o => o.Succeeded);
    }

    [Fact]
    public async Task Lists_in_key_order_and_in_pages_of_one_state()
    {
        await using var storage = await OpenAsync();
        foreach (var name in (string[])["b/2", "a/1", "c/3", "b/1"])
        {
            await storage.CreateAsync(_prefix + name, Bytes(name), null, Ct);
        }

        var first = await storage.ListAsync(new StorageListRequest(_prefix, null, 3), Ct);
        Assert.Equal(["a/1", "b/1", "b/2"], first.Objects.Select(o => o.Key[_prefix.Length..]));
        Assert.Equal(1, first.Remaining);
        await storage.CreateAsync(_prefix + "c/4", Bytes("later"), null, Ct);
        var second = await storage.ListAsync(new StorageListRequest(_prefix, first.Objects[^1].Key + "\0", 3, first.Revision), Ct);
        Assert.Equal(["c/3"], second.Objects.Select(o => o.Key[_prefix.Length..]));
        Assert.Equal(0, second.Remaining);
        Assert.Equal(first.Revision, second.Revision);
    }

    [Fact]
    public async Task Lists_nothing_of_a_longer_prefix()
    {
        await using var storage = await OpenAsync();
        await storage.CreateAsync(_prefix.TrimEnd('/') + "more/x", Bytes("x"), null, Ct);
        var list = await storage.ListAsync(new StorageListRequest(_prefix), Ct);
        Assert.Empty(list.Objects);
    }

    [Fact]
    public async Task Refuses_a_future_revision()
    {
        await using var storage = await OpenAsync();
        var now = await storage.CurrentRevisionAsync(Ct);
        await Assert.ThrowsAsync<StorageFutureRevisionException>(() => storage.ListAsync(new StorageListRequest(_prefix, null, 0, now + 1_000_000), Ct));
    }

    [Fact]
    public async Task Current_revision_covers_every_acknowledged_write()
    {
        await using var storage = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            var written = await storage.CreateAsync(_prefix + i, Bytes("x"), null, Ct);
            Assert.True(await storage.CurrentRevisionAsync(Ct) >= written.Revision);
        }
    }

    [Fact]
    public async Task Watches_every_change_in_order_from_a_past_revision()
    {
        await using var storage = await OpenAsync();
        var created = await storage.CreateAsync(_prefix + "a", Bytes("1"), null, Ct);
        var updated = await storage.UpdateAsync(_prefix + "a", Bytes("2"), created.Revision, null, Ct);
        await using var watch = new Watching(storage, _prefix, created.Revision, Ct);
        var deleted = await storage.DeleteAsync(_prefix + "a", updated.Revision, Ct);
        await storage.CreateAsync(_prefix.TrimEnd('/') + "more/x", Bytes("x"), null, Ct);
        var again = await storage.CreateAsync(_prefix + "a", Bytes("3"), null, Ct);
        var events = await watch.TakeAsync(4);
        Assert.Equal([created.Revision, updated.Revision, deleted.Revision, again.Revision], events.Select(e => e.ModRevision));
        Assert.Equal(["1", "2", null, "3"], events.Select(e => e.Value is { } v ? Text(v) : null));
        Assert.Equal([null, "1", "2", null], events.Select(e => e.Previous is { } p ? Text(p.Value) : null));
    }

    [Fact]
    public async Task Progress_reaches_the_present_without_changes_below_the_prefix()
    {
        await using var storage = await OpenAsync();
        var start = await storage.CurrentRevisionAsync(Ct);
        await using var watch = new Watching(storage, _prefix, start + 1, Ct);
        var other = await storage.CreateAsync(_prefix.TrimEnd('/') + "other/x", Bytes("x"), null, Ct);
        await storage.RequestProgressAsync(Ct);
        await watch.ReachAsync(other.Revision);
    }

    [Fact]
    public async Task Watch_from_compacted_history_says_so()
    {
        await using var storage = await OpenAsync();
        var created = await storage.CreateAsync(_prefix + "a", Bytes("1"), null, Ct);
        var updated = await storage.UpdateAsync(_prefix + "a", Bytes("2"), created.Revision, null, Ct);
        var last = await storage.UpdateAsync(_prefix + "a", Bytes("3"), updated.Revision, null, Ct);
        await CompactAsync(storage, last.Revision);
        await Assert.ThrowsAsync<StorageCompactedException>(async () =>
        {
            await foreach (var _ in storage.WatchAsync(_prefix, created.Revision, false, Ct))
            {
            }
        });
        await Assert.ThrowsAsync<StorageCompactedException>(() => storage.ListAsync(new StorageListRequest(_prefix, null, 0, created.Revision), Ct));
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        await using var storage = await OpenAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var reading = Task.Run(
            async () =>
            {
                await foreach (var _ in storage.WatchAsync(_prefix, 0 + await storage.CurrentRevisionAsync(Ct) + 1, false, cancel.Token))
                {
                }
            },
            Ct);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Bound));
    }

    [Fact]
    public async Task Values_are_bytes()
    {
        await using var storage = await OpenAsync();
        var value = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        await storage.CreateAsync(_prefix + "big", value, null, Ct);
        Assert.Equal(value, (await storage.GetAsync(_prefix + "big", Ct)).Object!.Value.ToArray());
    }

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>A watch read by a test step by step.</summary>
    private sealed class Watching(IObjectStorage storage, string prefix, long from, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<StorageEventBatch> _batches =
            storage.WatchAsync(prefix, from, withPrevious: true, cancellationToken).GetAsyncEnumerator(cancellationToken);

        public async Task<List<StorageEvent>> TakeAsync(int count)
        {
            var events = new List<StorageEvent>();
            long revision = 0;
            while (events.Count < count)
            {
                Assert.True(await _batches.MoveNextAsync());
                Assert.True(_batches.Current.Revision >= revision);
                revision = _batches.Current.Revision;
                events.AddRange(_batches.Current.Events);
            }

            return events;
        }

        public async Task ReachAsync(long revision)
        {
            do
            {
                Assert.True(await _batches.MoveNextAsync());
            }
            while (_batches.Current.Revision < revision);
        }

        public ValueTask DisposeAsync() => _batches.DisposeAsync();
    }
}
