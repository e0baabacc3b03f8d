namespace Kube.RaftStore.Server.Replication;

/// <summary>
/// The reads of this member's clients on their way through Raft: one round is under way at a time, and everything that
/// comes meanwhile shares the next. The driver's alone.
/// </summary>
internal sealed class ReadQueue
{
    private readonly List<PendingRead> _waiting = [];
    private readonly List<PendingRead> _round = [];
    private ulong _lastContext;
    private long _startedTimestamp;

    public bool HasRound => _round.Count > 0;

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>When the round under way was asked for.</summary>
    public long StartedTimestamp => _startedTimestamp;

    public IEnumerable<PendingRead> All => _waiting.Concat(_round);

    public void Add(List<PendingRead> reads) => _waiting.AddRange(reads);

    /// <summary>Puts all that wait into a round and gives its mark; an unanswered round joins the new one.</summary>
    public ulong StartRound(long timestamp)
    {
        _round.AddRange(_waiting);
        _waiting.Clear();
        _startedTimestamp = timestamp;
        return ++_lastContext;
    }

    /// <summary>Puts the round back: it could not be asked for, or was given up.</summary>
    public void AbandonRound()
    {
        _waiting.InsertRange(0, _round);
        _round.Clear();
    }

    public bool IsRound(ulong context) => _round.Count > 0 && context == _lastContext;

    /// <summary>Takes the reads of the round, which was answered.</summary>
    public PendingRead[] TakeRound()
    {
        var reads = _round.ToArray();
        _round.Clear();
        return reads;
    }

    /// <summary>Takes out the reads whose time is over.</summary>
    public List<PendingRead> TakeExpired(long timestamp)
    {
        var expired = All.Where(r => r.DeadlineTimestamp <= timestamp).ToList();
        if (expired.Count > 0)
        {
            _waiting.RemoveAll(r => r.DeadlineTimestamp <= timestamp);
            _round.RemoveAll(r => r.DeadlineTimestamp <= timestamp);
        }

        return expired;
    }
}
