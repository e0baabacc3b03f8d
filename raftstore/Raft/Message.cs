namespace Kube.RaftStore.Raft;

/// <summary>What members say to one another. The numbers are those of raft.proto and never change.</summary>
public enum MessageType : byte
{
    None = 0,

    /// <summary>A follower hands proposals to the leader of its term.</summary>
    Propose = 1,

    /// <summary>AppendEntries (paper, figure 2).</summary>
    Append = 2,
    AppendResponse = 3,

    /// <summary>RequestVote (paper, figure 2).</summary>
    Vote = 4,
    VoteResponse = 5,

    /// <summary>Asks whether a vote would be given, before the term is raised (dissertation, 9.6).</summary>
    PreVote = 6,
    PreVoteResponse = 7,

    /// <summary>InstallSnapshot; the state itself travels beside the message.</summary>
    Snapshot = 8,

    /// <summary>Keeps followers from electing, carries the commit index and the latest read round.</summary>
    Heartbeat = 9,
    HeartbeatResponse = 10,

    /// <summary>Tells the chosen successor to campaign at once (dissertation, 3.10).</summary>
    TimeoutNow = 11,

    /// <summary>Asks the leader to hand over to <see cref="Message.Context"/>.</summary>
    TransferLeader = 12,

    /// <summary>A follower asks the leader for a read index (dissertation, 6.4).</summary>
    ReadIndex = 13,
    ReadIndexResponse = 14,
}

/// <summary>One message between two members; which fields matter depends on the type. Immutable once sent.</summary>
public sealed class Message
{
    public required MessageType Type { get; init; }

    public ulong From { get; init; }

    public ulong To { get; init; }

    /// <summary>The sender's term (of a vote request: the term campaigned for). 0 only where the type has none.</summary>
    public ulong Term { get; init; }

    /// <summary>Append and votes: term of the entry at <see cref="Index"/>. Rejection: term at the hint.</summary>
    public ulong LogTerm { get; init; }

    /// <summary>Append: the entry before the first carried. Votes: the candidate's last entry. Responses: the
    /// last entry matched, or the one refused. Propose: the message's number in its sender's life.</summary>
    public ulong Index { get; init; }

    /// <summary>The sender's commit index, as far as the receiver may use it.</summary>
    public ulong Commit { get; init; }

    public IReadOnlyList<Entry> Entries { get; init; } = [];

    public bool Reject { get; init; }

    /// <summary>Rejected append: where the follower guesses that the logs may agree.</summary>
    public ulong RejectHint { get; init; }

    /// <summary>Heartbeat: the leader's latest read round. ReadIndex: the asker's own mark. TransferLeader: the successor.
    /// Propose: the sender's life.</summary>
    public ulong Context { get; init; }

    /// <summary>Vote and pre-vote: the leader itself wants the change, so that its lease does not stand against it.</summary>
    public bool LeaderTransfer { get; init; }

    /// <summary>Answers to vote and pre-vote: the voter may have lost what it once promised (<see cref="RaftOptions.IsUnproven"/>).</summary>
    public bool IsUnproven { get; init; }

    public SnapshotMetadata? Snapshot { get; init; }

    public long SizeBytes
    {
        get
        {
            long size = 64;
            for (var i = 0; i < Entries.Count; i++)
            {
                size += Entries[i].SizeBytes;
            }

            return size;
        }
    }
}
