using Kube.Base;

namespace Kube.RaftStore.Raft.Log;

/// <summary>
/// The end of the log that is not durable yet: entries from <see cref="Offset"/> on, or a snapshot to install
/// before them. It overrides what the storage holds at the same indexes.
/// </summary>
public sealed class UnstableLog(ulong offset)
{
    private readonly List<Entry> _entries = [];

    /// <summary>Index of the first entry here.</summary>
    public ulong Offset { get; private set; } = offset;

    /// <summary>A snapshot that replaces everything before <see cref="Offset"/>, null for none.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The last index here, or the snapshot's; false when there is neither.</summary>
    public bool TryGetLastIndex(out ulong index)
    {
        index = _entries.Count > 0 ? Offset + (ulong)_entries.Count - 1 : Snapshot?.Index ?? 0;
        return _entries.Count > 0 || Snapshot is not null;
    }

    /// <summary>The term of an entry here, or of the snapshot.</summary>
    public bool TryGetTerm(ulong index, out ulong term)
    {
        term = 0;
        if (index < Offset)
        {
            if (Snapshot is null || Snapshot.Index != index)
            {
                return false;
            }

            term = Snapshot.Term;
            return true;
        }

        if (index >= Offset + (ulong)_entries.Count)
        {
            return false;
        }

        term = _entries[(int)(index - Offset)].Term;
        return true;
    }

    /// <summary>
    /// Puts <paramref name="entries"/> in their places and drops whatever stood at or behind the first of them.
    /// They may begin before <see cref="Offset"/>: then what the storage holds from there on is superseded.
    /// </summary>
    public void TruncateAndAppend(IReadOnlyList<Entry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var first = entries[0].Index;
        if (first <= Offset)
        {
            _entries.Clear();
            Offset = first;
        }
        else
        {
            var keep = first - Offset;
            Invariant.Check(keep <= (ulong)_entries.Count, $"hole before entry {first}: {_entries.Count} entries from {Offset}");
            _entries.RemoveRange((int)keep, _entries.Count - (int)keep);
        }

        _entries.AddRange(entries);
    }

    /// <summary>Notes that everything up to <paramref name="id"/> is durable; does nothing if that entry was replaced since.</summary>
    public void StableTo(EntryId id)
    {
        if (id.Index < Offset || !TryGetTerm(id.Index, out var term) || term != id.Term)
        {
            return;
        }

        var count = (int)(id.Index - Offset + 1);
        _entries.RemoveRange(0, count);
        Offset = id.Index + 1;
    }

    public void StableSnapshotTo(ulong index)
    {
        if (Snapshot?.Index == index)
        {
            Snapshot = null;
        }
    }

    public void Restore(SnapshotMetadata snapshot)
    {
        Offset = snapshot.Index + 1;
        _entries.Clear();
        Snapshot = snapshot;
    }

    /// <summary>Copies entries in [low, high) to <paramref name="into"/>; both must lie here.</summary>
    public void CopyTo(ulong low, ulong high, List<Entry> into)
    {
        Invariant.Check(low >= Offset && high <= Offset + (ulong)_entries.Count && low <= high);
        for (var i = low; i < high; i++)
        {
            into.Add(_entries[(int)(i - Offset)]);
        }
    }
}
