using Google.Protobuf;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>Raft's messages to and from raft.proto. Entry data is shared, not copied, in both directions.</summary>
internal static class WireFormat
{
    public static RaftMessage ToWire(Message message)
    {
        var wire = new RaftMessage
        {
            Type = (uint)message.Type,
            From = message.From,
            To = message.To,
            Term = message.Term,
            LogTerm = message.LogTerm,
            Index = message.Index,
            Commit = message.Commit,
            Reject = message.Reject,
            RejectHint = message.RejectHint,
            Context = message.Context,
            LeaderTransfer = message.LeaderTransfer,
            Unproven = message.IsUnproven,
        };
        for (var i = 0; i < message.Entries.Count; i++)
        {
            var entry = message.Entries[i];
            wire.Entries.Add(new LogEntry
            {
                Term = entry.Term,
                Index = entry.Index,
                Type = (uint)entry.Type,
                Proposer = entry.Proposal.Proposer,
                Sequence = entry.Proposal.Sequence,
                Data = UnsafeByteOperations.UnsafeWrap(entry.Data),
            });
        }

        if (message.Snapshot is { } snapshot)
        {
            wire.Snapshot = new SnapshotHead { Index = snapshot.Index, Term = snapshot.Term, Membership = ToWire(snapshot.Configuration) };
        }

        return wire;
    }

    /// <exception cref="FormatException">It says what no member of this version says.</exception>
    public static Message FromWire(RaftMessage wire)
    {
        if (wire.Type is 0 or > (uint)MessageType.ReadIndexResponse)
        {
            throw new FormatException($"unknown message type {wire.Type}");
        }

        return new Message
        {
            Type = (MessageType)wire.Type,
            From = wire.From,
            To = wire.To,
            Term = wire.Term,
            LogTerm = wire.LogTerm,
            Index = wire.Index,
            Commit = wire.Commit,
            Entries = Entries(wire),
            Reject = wire.Reject,
            RejectHint = wire.RejectHint,
            Context = wire.Context,
            LeaderTransfer = wire.LeaderTransfer,
            IsUnproven = wire.Unproven,
            Snapshot = wire.Snapshot is null ? null : FromWire(wire.Snapshot),
        };
    }

    private static Entry[] Entries(RaftMessage wire)
    {
        if (wire.Entries.Count == 0)
        {
            return [];
        }

        var isAppend = wire.Type == (uint)MessageType.Append;
        var entries = new Entry[wire.Entries.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var one = wire.Entries[i];
            if (one.Type > (uint)EntryType.RefusedConfChange || (isAppend && one.Index != wire.Index + 1 + (ulong)i))
            {
                throw new FormatException($"entry {one.Index} of type {one.Type} in the place of {wire.Index + 1 + (ulong)i}");
            }

            entries[i] = new Entry(one.Term, one.Index, (EntryType)one.Type, new ProposalId(one.Proposer, one.Sequence), one.Data.Memory);
        }

        return entries;
    }

    private static SnapshotMetadata FromWire(SnapshotHead wire)
    {
        var members = wire.Membership ?? throw new FormatException("snapshot without a membership");
        return new SnapshotMetadata(
            wire.Index,
            wire.Term,
            new ConfState(members.Voters, members.Learners, members.VotersOutgoing, members.LearnersNext, members.AutoLeave));
    }

    private static Kube.Raft.V1.Membership ToWire(ConfState state)
    {
        var wire = new Kube.Raft.V1.Membership { AutoLeave = state.AutoLeave };
        wire.Voters.AddRange(state.Voters);
        wire.Learners.AddRange(state.Learners);
        wire.VotersOutgoing.AddRange(state.VotersOutgoing);
        wire.LearnersNext.AddRange(state.LearnersNext);
        return wire;
    }
}
