namespace Kube.RaftStore.Raft;

/// <summary>What a log entry is for.</summary>
public enum EntryType : byte
{
    /// <summary>A command for the state machine, or nothing (a new leader's first entry).</summary>
    Normal = 0,

    /// <summary>A membership change, see <see cref="Configuration.ConfChangeCodec"/>, with a command behind it.</summary>
    ConfChange = 1,

    /// <summary>A membership change that the leader found inadmissible: it takes its place in the log, so that its
    /// proposer learns of the refusal wherever it is, and changes nothing. Its data is one byte, a
    /// <see cref="Configuration.ConfChangeRefusal"/>.</summary>
    RefusedConfChange = 2,
}

/// <summary>Names one attempt at a proposal in the whole cluster.</summary>
/// <param name="Proposer">The member that took it from a client; 0 for the leader's own entries.</param>
/// <param name="Sequence">Unique for the proposer across its restarts.</param>
public readonly record struct ProposalId(ulong Proposer, ulong Sequence)
{
    /// <summary>The id of entries that nobody waits for.</summary>
    public static ProposalId None => default;
}

/// <summary>A position in the log with the term of the entry there: two logs that share it are equal up to it.</summary>
public readonly record struct EntryId(ulong Term, ulong Index);

/// <summary>One entry of the replicated log. Immutable: it is shared between log, messages and storage.</summary>
public sealed class Entry(ulong term, ulong index, EntryType type, ProposalId proposal, ReadOnlyMemory<byte> data)
{
    /// <summary>Bytes that an entry costs beside its data, for every limit that counts bytes.</summary>
    public const int OverheadBytes = 40;

    public ulong Term { get; } = term;

    public ulong Index { get; } = index;

    public EntryType Type { get; } = type;

    public ProposalId Proposal { get; } = proposal;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public EntryId Id => new(Term, Index);

    public long SizeBytes => Data.Length + OverheadBytes;

    public override string ToString() => $"{Term}/{Index} {Type} {Data.Length}B";
}
