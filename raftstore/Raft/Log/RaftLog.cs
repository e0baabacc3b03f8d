using Kube.Base;

namespace Kube.RaftStore.Raft.Log;

/// <summary>
/// The whole log of a member: the storage's part and the unstable end, with the commit index and the index that
/// was handed out to be applied. Always <c>Applied &lt;= Committed &lt;= LastIndex</c>.
/// </summary>
public sealed class RaftLog
{
    private readonly ILogReader _stable;

    public RaftLog(ILogReader stable)
    {
        _stable = stable;
        Unstable = new UnstableLog(stable.LastIndex + 1);
        Committed = stable.LatestSnapshot.Index;
        Applied = stable.LatestSnapshot.Index;
    }

    public UnstableLog Unstable { get; }

    public ulong Committed { get; private set; }

    /// <summary>The last entry handed out by a ready, in the order of the log.</summary>
    public ulong Applied { get; private set; }

    public ulong FirstIndex => Unstable.Snapshot is { } snapshot ? snapshot.Index + 1 : _stable.FirstIndex;

    public ulong LastIndex => Unstable.TryGetLastIndex(out var index) ? index : _stable.LastIndex;

    public EntryId LastId => new(TermAt(LastIndex), LastIndex);

    /// <summary>The snapshot for a follower that needs one; null while none can be sent.</summary>
    public SnapshotMetadata? SnapshotToSend => Unstable.Snapshot is null ? _stable.SnapshotToSend : null;

    /// <summary>The term at an index whose term is known, 0 elsewhere.</summary>
    public ulong TermAt(ulong index) => TryGetTerm(index, out var term) ? term : 0;

    public bool TryGetTerm(ulong index, out ulong term)
    {
        if (Unstable.TryGetTerm(index, out term))
        {
            return true;
        }

        // Below the unstable part only: what the storage holds at and above it is superseded.
        term = 0;
        return index < Unstable.Offset && Unstable.Snapshot is null && _stable.TryGetTerm(index, out term);
    }

    public bool Matches(EntryId id) => TryGetTerm(id.Index, out var term) && term == id.Term;

    /// <summary>Whether a log that ends in <paramref name="last"/> is at least as good as this one (paper, 5.4.1).</summary>
    public bool IsUpToDate(EntryId last)
    {
        var mine = LastId;
        return last.Term > mine.Term || (last.Term == mine.Term && last.Index >= mine.Index);
    }

    /// <summary>Appends the leader's own entries and returns the last index.</summary>
    public ulong Append(IReadOnlyList<Entry> entries)
    {
        if (entries.Count > 0)
        {
            Invariant.Check(entries[0].Index > Committed, $"entry {entries[0].Index} is committed up to {Committed}");
            Unstable.TruncateAndAppend(entries);
        }

        return LastIndex;
    }

    /// <summary>
    /// A follower's append (paper, figure 2, AppendEntries 2 to 5): false when the log does not hold
    /// <paramref name="previous"/>; else the last index that now matches the leader's.
    /// </summary>
    public bool TryAppend(EntryId previous, IReadOnlyList<Entry> entries, ulong leaderCommit, out ulong lastMatch)
    {
        lastMatch = 0;
        if (!Matches(previous))
        {
            return false;
        }

        lastMatch = previous.Index + (ulong)entries.Count;
        var conflict = FindConflict(entries);
        if (conflict < entries.Count)
        {
            var index = entries[conflict].Index;
            Invariant.Check(index > Committed, $"entry {index} conflicts with one committed up to {Committed}");
            Unstable.TruncateAndAppend(Tail(entries, conflict));
        }

        CommitTo(Math.Min(leaderCommit, lastMatch));
        return true;
    }

    public void CommitTo(ulong index)
    {
        if (index <= Committed)
        {
            return;
        }

        Invariant.Check(index <= LastIndex, $"commit {index} lies behind the last entry {LastIndex}: has the log been lost or cut?");
        Committed = index;
    }

    /// <summary>Commits up to <paramref name="index"/> if the entry there is of <paramref name="term"/>: entries of
    /// older terms are committed only by way of it (paper, 5.4.2).</summary>
    public bool TryCommit(ulong index, ulong term)
    {
        if (index <= Committed || TermAt(index) != term)
        {
            return false;
        }

        CommitTo(index);
        return true;
    }

    /// <summary>The largest index at or below <paramref name="index"/> whose term is at most <paramref name="term"/>:
    /// the last place where a log with that term there may agree with this one. Term 0 where it is not known.</summary>
    public EntryId FindConflictByTerm(ulong index, ulong term)
    {
        for (var i = index; i > 0; i--)
        {
            if (!TryGetTerm(i, out var mine))
            {
                return new EntryId(0, i);
            }

            if (mine <= term)
            {
                return new EntryId(mine, i);
            }
        }

        return new EntryId(0, 0);
    }

    public void AppliedTo(ulong index)
    {
        Invariant.Check(index >= Applied && index <= Committed, $"applied {index} outside [{Applied}, {Committed}]");
        Applied = index;
    }

    public void Restore(SnapshotMetadata snapshot)
    {
        Committed = snapshot.Index;
        Applied = snapshot.Index;
        Unstable.Restore(snapshot);
    }

    /// <summary>The entries that are committed and not handed out yet, limited in bytes; never beyond a snapshot
    /// that has to be installed first.</summary>
    public IReadOnlyList<Entry> NextCommitted(long maxBytes)
    {
        if (Unstable.Snapshot is not null || maxBytes <= 0 || Applied >= Committed)
        {
            return [];
        }

        return Read(Applied + 1, Committed + 1, maxBytes);
    }

    /// <summary>Entries in [low, high): at least one, and as many as <paramref name="maxBytes"/> holds.</summary>
    public IReadOnlyList<Entry> Read(ulong low, ulong high, long maxBytes)
    {
        if (low >= high)
        {
            return [];
        }

        Invariant.Check(low >= FirstIndex && high <= LastIndex + 1, $"[{low}, {high}) outside [{FirstIndex}, {LastIndex}]");
        if (high <= Unstable.Offset)
        {
            return _stable.Read(low, high, maxBytes);
        }

        var result = new List<Entry>();
        if (low < Unstable.Offset)
        {
            var stable = _stable.Read(low, Unstable.Offset, maxBytes);
            if ((ulong)stable.Count < Unstable.Offset - low)
            {
                return stable;
            }

            result.AddRange(stable);
        }

        Unstable.CopyTo(Math.Max(low, Unstable.Offset), high, result);
        return Limit(result, maxBytes);
    }

    private static List<Entry> Limit(List<Entry> entries, long maxBytes)
    {
        long bytes = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            bytes += entries[i].SizeBytes;
            if (bytes > maxBytes && i > 0)
            {
                entries.RemoveRange(i, entries.Count - i);
                break;
            }
        }

        return entries;
    }

    private int FindConflict(IReadOnlyList<Entry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (!Matches(entries[i].Id))
            {
                return i;
            }
        }

        return entries.Count;
    }

    private static IReadOnlyList<Entry> Tail(IReadOnlyList<Entry> entries, int from)
    {
        if (from == 0)
        {
            return entries;
        }

        var tail = new Entry[entries.Count - from];
        for (var i = from; i < entries.Count; i++)
        {
            tail[i - from] = entries[i];
        }

        return tail;
    }
}
