namespace Kube.RaftStore.Raft.Quorum;

/// <summary>A set of voters of which more than half decide. The empty set decides everything: it is the
/// absent half of a configuration that is not joint.</summary>
public sealed class MajorityConfig
{
    private readonly ulong[] _ids;

    public MajorityConfig(IEnumerable<ulong> ids) => _ids = [.. ids.Distinct().Order()];

    /// <summary>The voters, ascending.</summary>
    public IReadOnlyList<ulong> Ids => _ids;

    public int Count => _ids.Length;

    public bool Contains(ulong id) => Array.BinarySearch(_ids, id) >= 0;

    /// <summary>The largest index that a majority has acknowledged; <see cref="ulong.MaxValue"/> for the empty set.</summary>
    /// <param name="acknowledged">The index acknowledged by a voter, 0 for none.</param>
    public ulong CommittedIndex(Func<ulong, ulong> acknowledged)
    {
        if (_ids.Length == 0)
        {
            return ulong.MaxValue;
        }

        Span<ulong> indexes = _ids.Length <= 16 ? stackalloc ulong[_ids.Length] : new ulong[_ids.Length];
        for (var i = 0; i < _ids.Length; i++)
        {
            indexes[i] = acknowledged(_ids[i]);
        }

        indexes.Sort();
        // With n voters the n/2 smallest may lag: the next one is on a majority.
        return indexes[_ids.Length - ((_ids.Length / 2) + 1)];
    }

    /// <summary>The state of an election in which a voter has voted yes, no, or not yet (null).</summary>
    public VoteResult Tally(Func<ulong, bool?> vote)
    {
        if (_ids.Length == 0)
        {
            return VoteResult.Won;
        }

        var granted = 0;
        var missing = 0;
        foreach (var id in _ids)
        {
            switch (vote(id))
            {
                case true:
                    granted++;
                    break;
                case null:
                    missing++;
                    break;
            }
        }

        var needed = (_ids.Length / 2) + 1;
        if (granted >= needed)
        {
            return VoteResult.Won;
        }

        return granted + missing >= needed ? VoteResult.Pending : VoteResult.Lost;
    }

    public override string ToString() => $"({string.Join(' ', _ids)})";
}
