using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Log;
using Kube.RaftStore.Storage;

namespace Kube.Robustness.BrokenStore;

/// <summary>
/// After a start, the last entries of the log are not there: what a store does that acknowledges before it has synced.
/// The first append puts others in their place.
/// </summary>
internal sealed class ForgetfulStorage : ILogStorage
{
    private const ulong Forgotten = 20;
    private readonly ILogStorage _inner;
    private ulong? _end;

    public ForgetfulStorage(ILogStorage inner)
    {
        _inner = inner;
        var first = Math.Max(inner.FirstIndex - 1, inner.LatestSnapshot.Index);
        _end = inner.LastIndex > first + Forgotten ? inner.LastIndex - Forgotten : Math.Min(first, inner.LastIndex);
    }

    public HardState HardState => _inner.HardState is var state && state.Commit > LastIndex ? state with { Commit = LastIndex } : state;

    public SnapshotMetadata LatestSnapshot => _inner.LatestSnapshot;

    public ulong FirstIndex => _inner.FirstIndex;

    public ulong LastIndex => _end ?? _inner.LastIndex;

    public SnapshotMetadata? SnapshotToSend => _inner.SnapshotToSend;

    public ISnapshotStore Snapshots => _inner.Snapshots;

    public bool IsLowOnSpace => _inner.IsLowOnSpace;

    public bool IsUnproven => _inner.IsUnproven;

    public int MaxEntryBytes => _inner.MaxEntryBytes;

    public bool TryGetTerm(ulong index, out ulong term)
    {
        if (index > LastIndex)
        {
            term = 0;
            return false;
        }

        return _inner.TryGetTerm(index, out term);
    }

    public IReadOnlyList<Entry> Read(ulong low, ulong high, long maxBytes) => _inner.Read(low, high, maxBytes);

    public void Append(HardState? hardState, IReadOnlyList<Entry> entries, bool sync)
    {
        _inner.Append(hardState, entries, sync);
        if (entries.Count > 0)
        {
            _end = null;
        }
    }

    public void Install(SnapshotMetadata snapshot, HardState? hardState)
    {
        _inner.Install(snapshot, hardState);
        _end = null;
    }

    public void MarkProven() => _inner.MarkProven();

    public void SnapshotSaved(SnapshotMetadata snapshot) => _inner.SnapshotSaved(snapshot);

    public void Compact(ulong index) => _inner.Compact(index);

    public void RetryReserve() => _inner.RetryReserve();

    public void Dispose() => _inner.Dispose();
}
