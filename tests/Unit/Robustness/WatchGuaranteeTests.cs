using Kube.Robustness.Checking;

namespace Kube.Robustness.Tests;

/// <summary>A watch that keeps all promises, and for each promise one that breaks it.</summary>
public class WatchGuaranteeTests
{
    private readonly History _history = new();
    private readonly List<ChangeEvent> _events = [];

    public WatchGuaranteeTests()
    {
        // Revisions 2 to 6; revision 4 changes two keys.
        Put("a", 2, 1);
        Put("b", 3, 1);
        _history.Begin(1, new TxnOp([], [new PutOp("a", "v4a"), new PutOp("b", "v4b")], []), At(4))
            .Complete(new TxnResult(4, true, [new PutResult(0), new PutResult(0)]), At(4.5));
        _events.Add(new ChangeEvent(new KeyValue("a", "v4a", 2, 4, 2), false));
        _events.Add(new ChangeEvent(new KeyValue("b", "v4b", 3, 4, 2), false));
        Put("a", 5, 3, 2);
        Put("b", 6, 3, 3);
        _history.Begin(1, new CompactOp(3), At(7)).Complete(new CompactResult(6), At(7.5));
        var whole = Open(KeySpan.All, 2);
        foreach (var revision in _events.GroupBy(e => e.Revision))
        {
            whole.OnEvents(revision.Key, [.. revision], false, At(revision.Key + 0.7));
        }
    }

    [Fact]
    public void A_watch_that_tells_everything_in_order_is_sound()
    {
        var watch = Open(KeySpan.Single("a"), 3);
        watch.OnEvents(4, [_events[2]], false, At(10));
        watch.OnEvents(5, [_events[4]], false, At(10));
        watch.OnProgress(6, At(11));

        Assert.True(Check().IsSound, Check().ToString());
    }

    [Fact]
    public void Fragments_of_one_revision_are_one_response()
    {
        var watch = Open(KeySpan.All, 4);
        watch.OnEvents(4, [_events[2]], true, At(10));
        watch.OnEvents(4, [_events[3]], false, At(10));

        Assert.True(Check().IsSound, Check().ToString());
    }

    [Fact]
    public void A_watch_without_start_begins_behind_its_creation()
    {
        var watch = _history.BeginWatch(4, KeySpan.All, 0, At(0));
        watch.OnCreated(4, At(9));
        watch.OnEvents(5, [_events[4]], false, At(10));
        watch.OnEvents(6, [_events[5]], false, At(10));

        Assert.True(Check().IsSound, Check().ToString());
    }

    [Theory]
    [InlineData(Guarantee.WatchReliable, 2, 4)]
    [InlineData(Guarantee.WatchOrdered, 4, 2, 3)]
    [InlineData(Guarantee.WatchUnique, 2, 3, 3)]
    [InlineData(Guarantee.WatchResumable, 0, 1, 2, 3)]
    public void A_watch_that_delivers_these_breaks(Guarantee guarantee, params int[] events)
    {
        var watch = Open(KeySpan.All, guarantee == Guarantee.WatchResumable ? 3 : 4);
        foreach (var index in events)
        {
            watch.OnEvents(_events[index].Revision, [_events[index]], false, At(10));
        }

        AssertBroken(guarantee);
    }

    [Fact]
    public void A_revision_in_two_responses_is_not_atomic()
    {
        var watch = Open(KeySpan.All, 4);
        watch.OnEvents(4, [_events[2]], false, At(10));
        watch.OnEvents(4, [_events[3]], false, At(10));

        AssertBroken(Guarantee.WatchAtomic);
    }

    [Fact]
    public void A_progress_notification_before_the_events_that_it_covers_is_no_bookmark()
    {
        var watch = Open(KeySpan.Single("b"), 5);
        watch.OnProgress(6, At(10));

        AssertBroken(Guarantee.WatchBookmarkable);
    }

    [Fact]
    public void A_late_event_behind_a_progress_notification_breaks_it()
    {
        var watch = Open(KeySpan.Single("b"), 5);
        watch.OnProgress(6, At(10));
        watch.OnEvents(6, [_events[5]], false, At(11));

        AssertBroken(Guarantee.WatchBookmarkable);
    }

    [Fact]
    public void A_wrong_version_before_a_change_is_noticed()
    {
        var watch = _history.BeginWatch(4, KeySpan.Single("a"), 5, At(0), withPrevious: true);
        watch.OnCreated(6, At(9));
        watch.OnEvents(5, [_events[4] with { Previous = _events[0].Kv }], false, At(10));

        AssertBroken(Guarantee.WatchPrevious);
    }

    [Fact]
    public void A_missing_version_before_a_change_is_right_only_if_compacted()
    {
        var watch = _history.BeginWatch(4, KeySpan.Single("a"), 5, At(0), withPrevious: true);
        watch.OnCreated(6, At(9));
        watch.OnEvents(5, [_events[4]], false, At(10));

        AssertBroken(Guarantee.WatchPrevious);
    }

    [Fact]
    public void Two_watches_that_tell_of_different_changes_disagree()
    {
        var watch = Open(KeySpan.All, 6);
        watch.OnEvents(6, [_events[5] with { Kv = _events[5].Kv with { Value = "other" } }], false, At(10));

        AssertBroken(Guarantee.WatchAgreement);
    }

    [Fact]
    public void A_watch_ended_by_a_compaction_that_nobody_asked_for_is_noticed()
    {
        Open(KeySpan.All, 4).OnCancelled(5, At(10));

        AssertBroken(Guarantee.CompactionBound);
    }

    [Fact]
    public void A_watch_ended_by_a_compaction_that_it_had_passed_is_noticed()
    {
        Open(KeySpan.All, 4).OnCancelled(3, At(10));

        AssertBroken(Guarantee.WatchResumable);
    }

    [Fact]
    public void A_watch_that_starts_in_compacted_history_is_rightly_ended()
    {
        Open(KeySpan.All, 2).OnCancelled(3, At(10));

        Assert.True(Check().IsSound, Check().ToString());
    }

    private WatchRecord Open(KeySpan keys, long start)
    {
        var watch = _history.BeginWatch(3, keys, start, At(0));
        watch.OnCreated(1, At(0));
        return watch;
    }

    private void Put(string key, long revision, long version, long created = 0)
    {
        _history.Begin(1, new PutOp(key, $"v{revision}"), At(revision)).Complete(new PutResult(revision), At(revision + 0.5));
        _events.Add(new ChangeEvent(new KeyValue(key, $"v{revision}", created == 0 ? revision : created, revision, version), false));
    }

    private CheckReport Check() => HistoryChecker.Check(_history);

    private void AssertBroken(Guarantee guarantee)
    {
        var report = Check();
        Assert.True(report.Violations.Any(v => v.Guarantee == guarantee), report.ToString());
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
