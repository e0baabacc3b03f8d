using Kube.Robustness.Checking;

namespace Kube.Robustness.Tests;

/// <summary>Stories that are known good or bad, each with the promise that the bad one breaks.</summary>
public class KnownBadHistories
{
    private readonly History _history = new();
    private readonly List<ChangeEvent[]> _log = [];
    private int _seconds;

    [Fact]
    public void Writes_reads_and_a_watch_that_agree_are_sound()
    {
        Put("a", "1", 2);
        Put("a", "2", 3, created: 2, version: 2);
        Read("a", 3, Kv("a", "2", 2, 3, 2));
        Watch();

        AssertSound();
    }

    [Fact]
    public void A_read_that_misses_a_finished_write_is_stale()
    {
        Put("a", "1", 2);
        Put("a", "2", 3, created: 2, version: 2);
        Read("a", 2, Kv("a", "1", 2, 2, 1));
        Watch();

        AssertBroken(Guarantee.RealTimeOrder);
    }

    [Fact]
    public void A_serializable_read_may_be_old()
    {
        Put("a", "1", 2);
        Put("a", "2", 3, created: 2, version: 2);
        Done(new RangeOp(KeySpan.Single("a"), IsSerializable: true), new RangeResult(2, [Kv("a", "1", 2, 2, 1)], 1));
        Watch();

        AssertSound();
    }

    [Fact]
    public void A_read_that_misses_what_a_watch_has_told_is_stale()
    {
        Lost(new PutOp("a", "1"));
        _log.Add([Event(Kv("a", "1", 2, 2, 1))]);
        Watch();
        Read("a", 1);

        AssertBroken(Guarantee.RealTimeOrder);
    }

    [Fact]
    public void A_read_of_a_value_that_was_never_there_is_wrong()
    {
        Put("a", "1", 2);
        Read("a", 2, Kv("a", "other", 2, 2, 1));
        Watch();

        AssertBroken(Guarantee.RightAnswer);
    }

    [Fact]
    public void An_acknowledged_write_that_the_history_has_another_for_is_lost()
    {
        Put("a", "1", 2);
        Lost(new PutOp("a", "2"));
        _log[^1] = [Event(Kv("a", "2", 2, 2, 1))];
        Watch();

        AssertBroken(Guarantee.NoLostWrite);
    }

    [Fact]
    public void Two_acknowledgements_of_one_revision_contradict()
    {
        Put("a", "1", 2);
        Done(new PutOp("b", "2"), new PutResult(2));
        Watch();

        AssertBroken(Guarantee.NoWriteFromNowhere);
    }

    [Fact]
    public void A_write_without_answer_may_take_effect_once()
    {
        Lost(new PutOp("a", "1"));
        Put("b", "2", 2);
        _log.Add([Event(Kv("a", "1", 3, 3, 1))]);
        Watch();

        Assert.Equal(1, AssertSound().UnknownThatTookEffect);
    }

    [Fact]
    public void A_write_without_answer_that_takes_effect_twice_was_applied_twice()
    {
        Lost(new PutOp("a", "1"));
        _log.Add([Event(Kv("a", "1", 2, 2, 1))]);
        _log.Add([Event(Kv("a", "1", 2, 3, 2))]);
        Watch();

        AssertBroken(Guarantee.NoWriteFromNowhere);
    }

    [Fact]
    public void A_refused_write_does_not_take_effect()
    {
        _history.Begin(1, new PutOp("a", "1"), Now()).Refuse("etcdserver: no leader", Now());
        _log.Add([Event(Kv("a", "1", 2, 2, 1))]);
        Watch();

        AssertBroken(Guarantee.NoWriteFromNowhere);
    }

    [Fact]
    public void Of_two_deletions_without_answer_each_explains_the_revision_that_only_it_can()
    {
        Put("a", "1", 2);
        Put("b", "2", 3);
        Lost(new DeleteOp(KeySpan.All));
        Lost(new DeleteOp(KeySpan.Single("a")));
        _log.Add([Gone("a", 4)]);
        _log.Add([Gone("b", 5)]);
        Watch();

        Assert.Equal(2, AssertSound().UnknownThatTookEffect);
    }

    [Fact]
    public void A_transaction_done_by_half_is_no_transaction()
    {
        var both = new TxnOp([], [new PutOp("a", "1"), new PutOp("b", "2")], []);
        Done(both, new TxnResult(2, true, [new PutResult(0), new PutResult(0)]));
        _log.Add([Event(Kv("a", "1", 2, 2, 1))]);
        Watch();

        AssertBroken(Guarantee.NoLostWrite);
    }

    [Fact]
    public void A_revision_that_nobody_saw_leaves_the_check_incomplete()
    {
        Put("a", "1", 2);
        Done(new PutOp("a", "3"), new PutResult(4));

        AssertBroken(Guarantee.Incomplete);
    }

    [Fact]
    public void A_refusal_of_a_known_revision_as_future_is_a_stale_read()
    {
        Put("a", "1", 2);
        _history.Begin(1, new RangeOp(KeySpan.Single("a"), Revision: 2), Now()).Refuse("etcdserver: mvcc: required revision is a future revision", Now());
        Watch();

        AssertBroken(Guarantee.RealTimeOrder);
    }

    [Fact]
    public void A_refusal_as_compacted_needs_a_compaction()
    {
        Put("a", "1", 2);
        Put("a", "2", 3, created: 2, version: 2);
        Done(new CompactOp(2), new CompactResult(3));
        _history.Begin(1, new RangeOp(KeySpan.Single("a"), Revision: 2), Now()).Refuse("etcdserver: mvcc: required revision has been compacted", Now());
        Watch();

        AssertBroken(Guarantee.CompactionBound);
    }

    [Fact]
    public void A_lease_may_end_when_its_time_is_over()
    {
        GrantAndAttach();
        _seconds += 20;
        EndLease();

        Assert.Equal(1, AssertSound().LeasesEnded);
    }

    [Fact]
    public void A_lease_that_ends_before_its_time_ends_early()
    {
        GrantAndAttach();
        _seconds += 3;
        EndLease();

        AssertBroken(Guarantee.LeaseNotEarly);
    }

    [Fact]
    public void A_renewed_lease_lives_its_time_from_then_on()
    {
        GrantAndAttach();
        _seconds += 8;
        Done(new LeaseKeepAliveOp(7), new LeaseKeepAliveResult(2, TimeSpan.FromSeconds(10)));
        _seconds += 6;
        EndLease();

        AssertBroken(Guarantee.LeaseNotEarly);
    }

    [Fact]
    public void A_revoked_lease_ends_at_once()
    {
        GrantAndAttach();
        Done(new LeaseRevokeOp(7), new LeaseRevokeResult(3));
        EndLease();

        AssertSound();
    }

    [Fact]
    public void A_revoked_lease_leaves_no_key_behind()
    {
        GrantAndAttach();
        Done(new LeaseRevokeOp(7), new LeaseRevokeResult(2));
        Watch();

        AssertBroken(Guarantee.RightAnswer);
    }

    [Fact]
    public void A_keep_alive_that_finds_a_living_lease_gone_shows_that_it_ended_early()
    {
        GrantAndAttach();
        Done(new LeaseKeepAliveOp(7), new LeaseKeepAliveResult(2, TimeSpan.Zero));
        Watch();

        AssertBroken(Guarantee.LeaseNotEarly);
    }

    private void GrantAndAttach()
    {
        Done(new LeaseGrantOp(7, TimeSpan.FromSeconds(10)), new LeaseGrantResult(1, 7, TimeSpan.FromSeconds(10)));
        Done(new PutOp("a", "1", 7), new PutResult(2));
        _log.Add([Event(Kv("a", "1", 2, 2, 1) with { Lease = 7 })]);
    }

    private void EndLease()
    {
        _log.Add([Gone("a", 3)]);
        Watch();
    }

    private void Put(string key, string value, long revision, long created = 0, long version = 1)
    {
        Done(new PutOp(key, value), new PutResult(revision));
        _log.Add([Event(Kv(key, value, created == 0 ? revision : created, revision, version))]);
    }

    private void Read(string key, long revision, params KeyValue[] found) =>
        Done(new RangeOp(KeySpan.Single(key)), new RangeResult(revision, found, found.Length));

    private void Done(KvOp op, KvResult result) => _history.Begin(1, op, Now()).Complete(result, Now());

    private void Lost(KvOp op) => _history.Begin(1, op, Now()).Lose(Now());

    private void Watch()
    {
        var watch = _history.BeginWatch(2, KeySpan.All, 2, TimeSpan.Zero);
        watch.OnCreated(1, TimeSpan.Zero);
        foreach (var events in _log)
        {
            watch.OnEvents(events[0].Revision, events, isFragment: false, Now());
        }
    }

    private TimeSpan Now() => TimeSpan.FromSeconds(++_seconds);

    private static KeyValue Kv(string key, string value, long created, long modified, long version) => new(key, value, created, modified, version);

    private static ChangeEvent Event(KeyValue kv) => new(kv, IsDelete: false);

    private static ChangeEvent Gone(string key, long revision) => new(new KeyValue(key, "", 0, revision, 0), IsDelete: true);

    private CheckReport AssertSound()
    {
        var report = HistoryChecker.Check(_history);
        Assert.True(report.IsSound, report.ToString());
        return report;
    }

    private void AssertBroken(Guarantee guarantee)
    {
        var report = HistoryChecker.Check(_history);
        Assert.True(report.Violations.Any(v => v.Guarantee == guarantee), report.ToString());
    }
}
