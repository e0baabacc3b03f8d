namespace Kube.RaftStore.Raft;

/// <summary>
/// A membership, as persisted with a snapshot. Joint while <see cref="VotersOutgoing"/> is not empty
/// (dissertation, 4.3). Lists are sorted and without duplicates.
/// </summary>
public sealed class ConfState(
    IEnumerable<ulong> voters,
    IEnumerable<ulong>? learners = null,
    IEnumerable<ulong>? votersOutgoing = null,
    IEnumerable<ulong>? learnersNext = null,
    bool autoLeave = false) : IEquatable<ConfState>
{
    /// <summary>No member at all: what a member that is about to join knows.</summary>
    public static ConfState Empty { get; } = new([]);

    public IReadOnlyList<ulong> Voters { get; } = Sort(voters);

    public IReadOnlyList<ulong> Learners { get; } = Sort(learners ?? []);

    /// <summary>The old half's voters while a joint change is under way.</summary>
    public IReadOnlyList<ulong> VotersOutgoing { get; } = Sort(votersOutgoing ?? []);

    /// <summary>Voters of the old half that become learners once the joint change is left.</summary>
    public IReadOnlyList<ulong> LearnersNext { get; } = Sort(learnersNext ?? []);

    /// <summary>True when the leader leaves the joint configuration by itself.</summary>
    public bool AutoLeave { get; } = autoLeave;

    /// <summary>True when the member has any part in it.</summary>
    public bool Contains(ulong id) =>
        Voters.Contains(id) || Learners.Contains(id) || VotersOutgoing.Contains(id) || LearnersNext.Contains(id);

    /// <summary>Every member, voting or not, ascending.</summary>
    public IReadOnlyList<ulong> Members => Sort([.. Voters, .. Learners, .. VotersOutgoing, .. LearnersNext]);

    /// <summary>A number, never 0, that tells memberships apart; the same on every member and in every version.</summary>
    public ulong Fingerprint
    {
        get
        {
            // FNV-1a.
            var hash = 0xCBF29CE484222325;
            foreach (var list in (IReadOnlyList<ulong>[])[Voters, Learners, VotersOutgoing, LearnersNext])
            {
                hash = Mix(hash, (ulong)list.Count);
                foreach (var id in list)
                {
                    hash = Mix(hash, id);
                }
            }

            return Math.Max(1, Mix(hash, AutoLeave ? 1UL : 0));
        }
    }

    public bool Equals(ConfState? other) =>
        other is not null && AutoLeave == other.AutoLeave && Voters.SequenceEqual(other.Voters)
        && Learners.SequenceEqual(other.Learners) && VotersOutgoing.SequenceEqual(other.VotersOutgoing)
        && LearnersNext.SequenceEqual(other.LearnersNext);

    public override bool Equals(object? obj) => Equals(obj as ConfState);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var id in Members)
        {
            hash.Add(id);
        }

        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = $"voters=({string.Join(' ', Voters)})";
        if (VotersOutgoing.Count > 0)
        {
            text += $"&&({string.Join(' ', VotersOutgoing)})";
        }

        if (Learners.Count > 0)
        {
            text += $" learners=({string.Join(' ', Learners)})";
        }

        if (LearnersNext.Count > 0)
        {
            text += $" learners_next=({string.Join(' ', LearnersNext)})";
        }

        return AutoLeave ? text + " autoleave" : text;
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        for (var i = 0; i < 8; i++, value >>= 8)
        {
            hash = unchecked((hash ^ (value & 0xFF)) * 0x100000001B3);
        }

        return hash;
    }

    private static ulong[] Sort(IEnumerable<ulong> ids) => [.. ids.Distinct().Order()];
}

/// <summary>What a snapshot stands for: the state after the entry at <paramref name="Index"/>.</summary>
/// <param name="Index">The last entry it includes.</param>
/// <param name="Term">That entry's term.</param>
/// <param name="Configuration">The membership as of that entry.</param>
public sealed record SnapshotMetadata(ulong Index, ulong Term, ConfState Configuration)
{
    public EntryId Id => new(Term, Index);
}
