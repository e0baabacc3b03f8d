using Kube.RaftStore.Raft.Tracker;

namespace Kube.RaftStore.Raft;

/// <summary>How a leader brings its followers' logs to its own (paper, 5.3; pipelining: dissertation, 10.2.1).</summary>
public sealed partial class RaftNode
{
    /// <summary>Says that messages to a member are being lost: what is on its way to it must be sent again.</summary>
    public void ReportUnreachable(ulong id)
    {
        // While snapshots are on their way nothing else is sent: they are reported by themselves.
        if (Role == Role.Leader && _tracker.Progress.TryGetValue(id, out var progress) && progress.State == ProgressState.Replicate)
        {
            progress.BecomeProbe();
        }
    }

    /// <summary>Says how the sending of a snapshot to a member ended.</summary>
    public void ReportSnapshot(ulong id, bool delivered)
    {
        if (Role != Role.Leader || !_tracker.Progress.TryGetValue(id, out var progress) || progress.State != ProgressState.Snapshot)
        {
            return;
        }

        if (!delivered)
        {
            // Begins again from what the follower is known to have.
            progress.BecomeSnapshot(0);
        }

        progress.BecomeProbe();
        // The next thing from the follower, its answer to the snapshot or to a heartbeat, opens the flow again.
        progress.FlowPaused = true;
    }

    private void BroadcastAppend()
    {
        foreach (var (id, progress) in _tracker.Progress)
        {
            if (id != Id)
            {
                TrySendAppend(id, progress, evenIfEmpty: true);
            }
        }
    }

    private bool TrySendAppend(ulong to, Progress progress, bool evenIfEmpty)
    {
        if (progress.IsPaused)
        {
            return false;
        }

        var previous = progress.Next - 1;
        if (!_log.TryGetTerm(previous, out var previousTerm) || progress.Next < _log.FirstIndex)
        {
            return TrySendSnapshot(to, progress);
        }

        var entries = progress.Next <= _log.LastIndex && !(progress.State == ProgressState.Replicate && progress.Inflights.IsFull)
            ? _log.Read(progress.Next, _log.LastIndex + 1, _options.MaxMessageBytes)
            : [];
        if (entries.Count == 0 && !evenIfEmpty)
        {
            return false;
        }

        var message = new Message
        {
            Type = MessageType.Append,
            From = Id,
            To = to,
            Term = Term,
            Index = previous,
            LogTerm = previousTerm,
            Entries = entries,
            Commit = _log.Committed,
        };
        Send(message);
        progress.Sent(entries.Count, message.SizeBytes);
        progress.SentCommit(_log.Committed);
        return true;
    }

    private bool TrySendSnapshot(ulong to, Progress progress)
    {
        // A snapshot for a member that is not there would be read and thrown away.
        if (!progress.RecentActive)
        {
            return false;
        }

        // One from before the member was added would not make it one: it would be refused, and sent again for ever.
        if (_log.SnapshotToSend is not { } snapshot || snapshot.Index + 1 < _log.FirstIndex || !snapshot.Configuration.Contains(to))
        {
            _snapshotNeeded = true;
            return false;
        }

        progress.BecomeSnapshot(snapshot.Index);
        Send(new Message { Type = MessageType.Snapshot, From = Id, To = to, Term = Term, Snapshot = snapshot, Commit = _log.Committed });
        return true;
    }

    private void OnAppendResponse(Message message, Progress progress)
    {
        if (message.Reject)
        {
            OnRejectedAppend(message, progress);
            return;
        }

        var wasPaused = progress.IsPaused;
        var isNews = progress.TryAcknowledge(message.Index);
        // A probe at the very position that is known already still tells that the follower is there.
        if (isNews || (progress.Match == message.Index && progress.State == ProgressState.Probe))
        {
            MoveState(message, progress);
            if (TryCommit())
            {
                BroadcastAppend();
            }
            else if (message.From != Id && (wasPaused || progress.CanAdvanceCommit(_log.Committed)))
            {
                TrySendAppend(message.From, progress, evenIfEmpty: true);
            }

            if (message.From != Id)
            {
                // The window may have room for more than one message now.
                while (TrySendAppend(message.From, progress, evenIfEmpty: false))
                {
                }

                ContinueTransfer(message.From, progress);
            }
        }
    }

    private void MoveState(Message message, Progress progress)
    {
        switch (progress.State)
        {
            case ProgressState.Probe:
                progress.BecomeReplicate();
                break;
            // Whatever brought it there, the snapshot or appends that were late: the log reaches it again.
            case ProgressState.Snapshot when progress.Match + 1 >= _log.FirstIndex:
                progress.BecomeProbe();
                progress.BecomeReplicate();
                break;
            case ProgressState.Replicate:
                progress.Inflights.FreeThrough(message.Index);
                break;
        }
    }

    private void OnRejectedAppend(Message message, Progress progress)
    {
        var hint = message.RejectHint;
        if (message.LogTerm > 0)
        {
            // Entries of the leader's with a term above the follower's cannot match either.
            hint = _log.FindConflictByTerm(message.RejectHint, message.LogTerm).Index;
        }

        if (progress.TryBackOff(message.Index, hint))
        {
            if (progress.State == ProgressState.Replicate)
            {
                progress.BecomeProbe();
            }

            TrySendAppend(message.From, progress, evenIfEmpty: true);
        }
    }

    private void BroadcastHeartbeat()
    {
        foreach (var (id, progress) in _tracker.Progress)
        {
            if (id != Id)
            {
                SendHeartbeat(id, progress);
            }
        }
    }

    private void SendHeartbeat(ulong to, Progress progress) => Send(new Message
    {
        Type = MessageType.Heartbeat,
        From = Id,
        To = to,
        Term = Term,
        // Only what the follower is known to have: a heartbeat does not check that the logs match.
        Commit = Math.Min(progress.Match, _log.Committed),
        Context = _reads.Latest,
    });

    private void OnHeartbeatResponse(Message message, Progress progress)
    {
        if (message.Index < progress.Match)
        {
            progress.FallBackTo(message.Index);
        }

        progress.FlowPaused = false;
        if (progress.Match < _log.LastIndex || progress.State == ProgressState.Probe)
        {
            TrySendAppend(message.From, progress, evenIfEmpty: true);
        }

        if (message.Context > 0)
        {
            _reads.Answer(message.From, message.Context);
            AnswerProvedReads();
        }
    }

    /// <summary>Commits what a quorum has, if it is of this term (paper, 5.4.2).</summary>
    private bool TryCommit()
    {
        var index = _tracker.CommittedIndex;
        // No voters: nothing decides.
        if (index == ulong.MaxValue || !_log.TryCommit(index, Term))
        {
            return false;
        }

        ReleaseQuota();
        StartWaitingReads();
        return true;
    }
}
