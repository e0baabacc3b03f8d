using Kube.Base;

namespace Kube.RaftStore.Raft.Tracker;

/// <summary>How a leader sends to a follower.</summary>
public enum ProgressState : byte
{
    /// <summary>Where the logs agree is not known: one append at a time.</summary>
    Probe = 0,

    /// <summary>The follower keeps up: appends are pipelined, counting on their success.</summary>
    Replicate = 1,

    /// <summary>The follower needs a snapshot: nothing is sent until it has it.</summary>
    Snapshot = 2,
}

/// <summary>
/// A follower as its leader sees it (paper, figure 2: matchIndex and nextIndex, with flow control).
/// Always <c>Match &lt; Next</c>.
/// </summary>
public sealed class Progress(ulong match, ulong next, Inflights inflights, bool isLearner)
{
    private ulong _sentCommit;

    /// <summary>The last entry known to be durable on the follower.</summary>
    public ulong Match { get; private set; } = match;

    /// <summary>The next entry to send.</summary>
    public ulong Next { get; private set; } = next;

    public ProgressState State { get; private set; } = ProgressState.Probe;

    /// <summary>Index of the snapshot on its way, in <see cref="ProgressState.Snapshot"/>.</summary>
    public ulong PendingSnapshot { get; private set; }

    /// <summary>Whether anything came from it in the current election time-out.</summary>
    public bool RecentActive { get; set; }

    public bool IsLearner { get; set; } = isLearner;

    /// <summary>No more appends until the follower is heard from.</summary>
    public bool FlowPaused { get; set; }

    public Inflights Inflights { get; } = inflights;

    public bool IsPaused => State == ProgressState.Snapshot || FlowPaused;

    public void BecomeProbe()
    {
        // After a snapshot was sent the follower may well have it, even where the answer was lost.
        var next = State == ProgressState.Snapshot ? Math.Max(Match + 1, PendingSnapshot + 1) : Match + 1;
        ResetState(ProgressState.Probe);
        Next = next;
        _sentCommit = Math.Min(_sentCommit, Next - 1);
    }

    public void BecomeReplicate()
    {
        ResetState(ProgressState.Replicate);
        Next = Match + 1;
    }

    public void BecomeSnapshot(ulong index)
    {
        ResetState(ProgressState.Snapshot);
        PendingSnapshot = index;
        Next = index + 1;
        _sentCommit = index;
    }

    /// <summary>Takes an acknowledgement up to <paramref name="index"/>; false when it says nothing new.</summary>
    public bool TryAcknowledge(ulong index)
    {
        if (index <= Match)
        {
            return false;
        }

        Match = index;
        Next = Math.Max(Next, index + 1);
        FlowPaused = false;
        return true;
    }

    /// <summary>Takes the rejection of an append that followed <paramref name="rejected"/>; false when it is an old one.</summary>
    /// <param name="rejected">The entry before the append's first.</param>
    /// <param name="hint">The last entry at which the logs may agree.</param>
    public bool TryBackOff(ulong rejected, ulong hint)
    {
        if (State == ProgressState.Replicate)
        {
            if (rejected <= Match)
            {
                return false;
            }

            Next = Match + 1;
        }
        else
        {
            // A probe is out for exactly one position; another position's answer is late.
            if (Next - 1 != rejected)
            {
                return false;
            }

            Next = Math.Max(Math.Min(rejected, hint + 1), Match + 1);
            FlowPaused = false;
        }

        _sentCommit = Math.Min(_sentCommit, Next - 1);
        return true;
    }

    /// <summary>Notes an append of <paramref name="count"/> entries from <see cref="Next"/> on.</summary>
    public void Sent(int count, long bytes)
    {
        Invariant.Check(State != ProgressState.Snapshot);
        if (State == ProgressState.Replicate)
        {
            if (count > 0)
            {
                Next += (ulong)count;
                Inflights.Add(Next - 1, bytes);
            }

            FlowPaused = Inflights.IsFull;
        }
        else if (count > 0)
        {
            FlowPaused = true;
        }
    }

    /// <summary>Notes that the follower was told this commit index.</summary>
    public void SentCommit(ulong commit) => _sentCommit = commit;

    /// <summary>Whether telling it this commit index would let it commit more than the last one told.</summary>
    public bool CanAdvanceCommit(ulong commit) => commit > _sentCommit && _sentCommit < Next - 1;

    /// <summary>Takes note that the follower's log ends before what it once acknowledged: it lost data, or this news
    /// is late. Either way it costs no more than a probe to believe it.</summary>
    public void FallBackTo(ulong lastIndex)
    {
        ResetState(ProgressState.Probe);
        Match = 0;
        Next = lastIndex + 1;
        _sentCommit = 0;
    }

    private void ResetState(ProgressState state)
    {
        FlowPaused = false;
        PendingSnapshot = 0;
        State = state;
        Inflights.Reset();
    }

    public override string ToString() => $"{State} match={Match} next={Next}" + (IsLearner ? " learner" : "")
        + (IsPaused ? " paused" : "") + (PendingSnapshot > 0 ? $" pendingSnap={PendingSnapshot}" : "") + (RecentActive ? "" : " inactive");
}
