using Kube.RaftStore.Raft.Configuration;

namespace Kube.RaftStore.Raft;

/// <summary>What a follower does with its leader's messages (paper, figures 2 and 13).</summary>
public sealed partial class RaftNode
{
    private void OnAppend(Message message)
    {
        var previous = new EntryId(message.LogTerm, message.Index);
        if (previous.Index < _log.Committed)
        {
            // Old news: everything up to the commit index matches whatever any leader sends.
            Send(Reply(message, MessageType.AppendResponse, _log.Committed));
            return;
        }

        if (_log.TryAppend(previous, message.Entries, message.Commit, out var lastMatch))
        {
            // What earlier terms committed lies before an entry of this term that is committed (paper, 5.4.3).
            IsUnproven &= _log.Committed < message.Commit || _log.TermAt(_log.Committed) != Term;
            Send(Reply(message, MessageType.AppendResponse, lastMatch));
            return;
        }

        // The guess skips the whole tail of entries newer than what the leader has there (paper, end of 5.3).
        var hint = _log.FindConflictByTerm(Math.Min(message.Index, _log.LastIndex), message.LogTerm);
        Send(new Message
        {
            Type = MessageType.AppendResponse,
            From = Id,
            To = message.From,
            Term = Term,
            Index = message.Index,
            Reject = true,
            RejectHint = hint.Index,
            LogTerm = hint.Term,
        });
    }

    private void OnHeartbeat(Message message)
    {
        // The leader goes by what this member acknowledged, which it may have lost since: then only appends tell.
        if (!IsUnproven && message.Commit <= _log.LastIndex)
        {
            _log.CommitTo(message.Commit);
        }

        Send(new Message
        {
            Type = MessageType.HeartbeatResponse,
            From = Id,
            To = message.From,
            Term = Term,
            Context = message.Context,
            // Lets a leader see a follower whose log is shorter than what it once acknowledged.
            Index = _log.LastIndex,
        });
    }

    private void OnSnapshot(Message message)
    {
        if (message.Snapshot is { } snapshot)
        {
            var installed = TryInstallSnapshot(snapshot);
            Send(Reply(message, MessageType.AppendResponse, installed ? _log.LastIndex : _log.Committed));
        }
    }

    /// <summary>Whether a received snapshot says anything that this log does not hold already. The driver asks before
    /// it stores one.</summary>
    public bool WantsSnapshot(SnapshotMetadata snapshot) =>
        snapshot.Index > _log.Committed && !_log.Matches(snapshot.Id) && snapshot.Configuration.Contains(Id);

    private bool TryInstallSnapshot(SnapshotMetadata snapshot)
    {
        if (snapshot.Index <= _log.Committed || !snapshot.Configuration.Contains(Id))
        {
            return false;
        }

        if (_log.Matches(snapshot.Id))
        {
            // The log reaches as far: only the commit index was behind.
            _log.CommitTo(snapshot.Index);
            return false;
        }

        _log.Restore(snapshot);
        Install(snapshot.Configuration);
        return true;
    }
}
