using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.ApiServer.Tests.Storage;

/// <summary>Cursors that are told only what concerns them, against twins that look at everything.</summary>
public sealed class ScopedCursorTests
{
    private const int NodeField = 1;
    private static readonly SelectableField[] _fields = [new("metadata.name"), new("spec.nodeName")];
    private static readonly WatchScope[] _scopes =
    [
        WatchScope.Everything,
        WatchScope.OfKey("a/p0"),
        WatchScope.OfKey("b/p1"),
        WatchScope.OfNamespace("a"),
        WatchScope.OfNamespace("c"),
        WatchScope.OfField(0, "p0"),
        WatchScope.OfField(NodeField, ""),
        WatchScope.OfField(NodeField, "n0"),
        WatchScope.OfField(NodeField, "n1"),
    ];

    private readonly ResourceCache _cache;
    private readonly List<PodChange> _history = [];
    private readonly Dictionary<string, string> _nodes = [];
    private long _revision = 1;

    public ScopedCursorTests()
    {
        _cache = new ResourceCache("/registry/pods/", _fields, TimeProvider.System, NullLogger<ResourceCache>.Instance, maxEvents: 256);
        _cache.Load([], _revision);
    }

    [Fact]
    public void Every_cursor_reads_what_looking_at_all_changes_shows_it()
    {
        var key = from ns in Gen.Elements("a", "b", "c") from name in Gen.Choose(0, 2) select ns + "/p" + name;
        var step = from what in Gen.Choose(0, 9)
                   from pod in key
                   from node in Gen.Elements("", "n0", "n1", "n2")
                   from number in Gen.Choose(0, 1_000)
                   select new Step(what, pod, node, number);
        Prop.ForAll(Gen.ListOf(step, 200).ToArbitrary(), static steps => new ScopedCursorTests().Follow([.. steps])).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_change_wakes_the_watchers_of_the_old_and_the_new_node_and_no_other()
    {
        Write("a/p0", "");
        var cursors = Enumerable.Range(0, 5_000).Select(i => _cache.OpenWithSnapshot(WatchScope.OfField(NodeField, "n" + i))!.Value.Cursor).ToList();
        var unbound = _cache.OpenWithSnapshot(WatchScope.OfField(NodeField, ""))!.Value.Cursor;
        var waits = cursors.ConvertAll(static cursor => cursor.Changed);
        var waitUnbound = unbound.Changed;

        Write("a/p0", "n17");
        Assert.True(waitUnbound.IsCompleted);
        Assert.Equal([17], Enumerable.Range(0, 5_000).Where(i => waits[i].IsCompleted));
        Assert.Equal([_revision], Read(cursors[17], 8));
        Assert.Equal([_revision], Read(unbound, 8));

        var later = cursors[17].Changed;
        Assert.False(later.IsCompleted);
        Delete("a/p0");
        Assert.True(later.IsCompleted);
        Assert.Equal([17], Enumerable.Range(0, 5_000).Where(i => waits[i].IsCompleted));
        Assert.False(unbound.Changed.IsCompleted);
    }

    [Fact]
    public void A_closed_cursor_is_told_nothing_more()
    {
        var cursor = _cache.OpenWithSnapshot(WatchScope.OfKey("a/p0"))!.Value.Cursor;
        var other = _cache.OpenWithSnapshot(WatchScope.OfKey("a/p0"))!.Value.Cursor;
        var (changed, changedOther) = (cursor.Changed, other.Changed);
        cursor.Dispose();
        cursor.Dispose();
        Write("a/p0", "n0");
        Assert.False(changed.IsCompleted);
        Assert.True(changedOther.IsCompleted);
    }

    [Fact]
    public void A_cursor_sleeps_through_any_number_of_changes_of_others()
    {
        var cursor = _cache.OpenWithSnapshot(WatchScope.OfField(NodeField, "n0"))!.Value.Cursor;
        WriteMany("n1", 2_000);
        Assert.Empty(Read(cursor, 8));
        Write("a/mine", "n0");
        Assert.Equal([_revision], Read(cursor, 8));
    }

    [Fact]
    public void A_cursor_whose_own_changes_have_left_the_ring_has_lost_its_place()
    {
        var cursor = _cache.OpenWithSnapshot(WatchScope.OfField(NodeField, "n0"))!.Value.Cursor;
        Write("a/mine", "n0");
        WriteMany("n1", 256);
        Assert.False(cursor.TryRead(new CacheEvent[8], out _));

        var late = _cache.OpenWithSnapshot(WatchScope.OfField(NodeField, "n0"))!.Value.Cursor;
        WriteMany("n0", 257);
        Assert.True(late.Changed.IsCompleted);
        Assert.False(late.TryRead(new CacheEvent[8], out _));
        Write("a/mine", "n0");
        Assert.False(late.TryRead(new CacheEvent[8], out _));
    }

    [Fact]
    public void A_cursor_that_has_not_yet_read_what_was_before_it_can_lose_its_place()
    {
        var from = _revision;
        WriteMany("n1", 200);
        var cursor = _cache.OpenCursor(from, WatchScope.OfField(NodeField, "n0"));
        WriteMany("n1", 200);
        Assert.False(cursor.TryRead(new CacheEvent[8], out _));
    }

    [Fact]
    public void A_loss_of_the_state_wakes_and_ends_every_cursor()
    {
        var cursors = _scopes.Select(scope => _cache.OpenWithSnapshot(scope)!.Value.Cursor).ToList();
        var waits = cursors.ConvertAll(static cursor => cursor.Changed);
        _cache.Reset();
        Assert.All(waits, static wait => Assert.True(wait.IsCompleted));
        Assert.All(cursors, static cursor => Assert.False(cursor.TryRead(new CacheEvent[8], out _)));
        _cache.Load([], _revision);
        Assert.All(cursors, static cursor => Assert.False(cursor.TryRead(new CacheEvent[8], out _)));
        var changed = _cache.OpenWithSnapshot(_scopes[1])!.Value.Cursor.Changed;
        Write("a/p0", "");
        Assert.True(changed.IsCompleted);
    }

    private void Follow(Step[] steps)
    {
        var readers = new List<Reader>();
        foreach (var step in steps)
        {
            switch (step.What)
            {
                case <= 3:
                    Write(step.Key, step.Node);
                    break;
                case 4 or 5:
                    Delete(step.Key);
                    break;
                case 6:
                    readers.Add(new Reader(_cache.OpenWithSnapshot(_scopes[step.Number % _scopes.Length])!.Value.Cursor, _revision));
                    break;
                case 7:
                    var after = 1 + (step.Number % _revision);
                    readers.Add(new Reader(_cache.OpenCursor(after, _scopes[step.Number % _scopes.Length]), after));
                    break;
                case 8 when readers.Count > 0:
                    var reader = readers[step.Number % readers.Count];
                    reader.ReadOnce(1 + (step.Number % 3));
                    break;
                case 9 when readers.Count > 0:
                    CheckSleep(readers[step.Number % readers.Count].Cursor, step);
                    break;
            }
        }

        foreach (var reader in readers)
        {
            reader.Revisions.AddRange(Read(reader.Cursor, 5));
            Assert.Equal(_history.Where(change => change.Revision > reader.After && change.IsIn(reader.Cursor.Scope)).Select(static change => change.Revision), reader.Revisions);
        }
    }

    /// <summary>A cursor that has read all is woken by the next change if, and only if, that is in its scope.</summary>
    private void CheckSleep(CacheCursor cursor, Step step)
    {
        using var fresh = _cache.OpenWithSnapshot(cursor.Scope)!.Value.Cursor;
        var changed = fresh.Changed;
        Assert.False(changed.IsCompleted);
        Write(step.Key, step.Node);
        Assert.Equal(_history[^1].IsIn(cursor.Scope), changed.IsCompleted);
    }

    private static List<long> Read(CacheCursor cursor, int atOnce)
    {
        var revisions = new List<long>();
        var events = new CacheEvent[atOnce];
        while (true)
        {
            Assert.True(cursor.TryRead(events, out var count));
            if (count == 0)
            {
                return revisions;
            }

            revisions.AddRange(events.Take(count).Select(static change => change.Revision));
        }
    }

    private void WriteMany(string node, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Write("a/q" + (i % 7), node);
        }
    }

    private void Write(string key, string node)
    {
        _revision++;
        _history.Add(new PodChange(_revision, key, node, _nodes.GetValueOrDefault(key)));
        _nodes[key] = node;
        var spec = node.Length > 0 ? ",\"spec\":{\"nodeName\":\"" + node + "\"}" : "";
        var json = "{\"metadata\":{\"name\":\"" + key.Split('/')[1] + "\"}" + spec + "}";
        _cache.Apply([new StorageEvent("/registry/pods/" + key, Encoding.UTF8.GetBytes(json), _revision, null)]);
    }

    private void Delete(string key)
    {
        if (_nodes.Remove(key, out var node))
        {
            _revision++;
            _history.Add(new PodChange(_revision, key, null, node));
            _cache.Apply([new StorageEvent("/registry/pods/" + key, null, _revision, null)]);
        }
    }

    private sealed record Step(int What, string Key, string Node, int Number);

    private sealed record PodChange(long Revision, string Key, string? NodeNow, string? NodeBefore)
    {
        /// <summary>The scopes' meaning, spelled out.</summary>
        public bool IsIn(WatchScope scope) =>
            scope == WatchScope.Everything
            || scope == WatchScope.OfKey(Key)
            || scope == WatchScope.OfNamespace(Key.Split('/')[0])
            || scope == WatchScope.OfField(0, Key.Split('/')[1])
            || (NodeNow is not null && scope == WatchScope.OfField(NodeField, NodeNow))
            || (NodeBefore is not null && scope == WatchScope.OfField(NodeField, NodeBefore));
    }

    private sealed class Reader(CacheCursor cursor, long after)
    {
        public CacheCursor Cursor { get; } = cursor;

        public long After { get; } = after;

        public List<long> Revisions { get; } = [];

        public void ReadOnce(int atMost)
        {
            var events = new CacheEvent[atMost];
            Assert.True(Cursor.TryRead(events, out var count));
            Revisions.AddRange(events.Take(count).Select(static change => change.Revision));
        }
    }
}
