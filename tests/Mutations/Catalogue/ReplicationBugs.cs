namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>The log and its commit index.</summary>
internal static class ReplicationBugs
{
    private const string Log = "raftstore/Raft/Log/RaftLog.cs";
    private const string Driver = "raftstore/Server/Replication/ReplicatedLog.Driver.cs";
    private const string Follower = "raftstore/Raft/RaftNode.Follower.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("commits-older-term", "entries of an older term are committed by counting (paper, figure 8)", Habitat.Elections, new Edit(
            Log,
            "if (index <= Committed || TermAt(index) != term)",
            """if (index <= Committed || (TermAt(index) != term && !Planted.Is("commits-older-term")))""")),
        new("commits-without-majority", "a leader commits and acknowledges what it has itself", Habitat.Majorities, new Edit(
            "raftstore/Raft/RaftNode.Replication.cs",
            "var index = _tracker.CommittedIndex;",
            """var index = Planted.Is("commits-without-majority") ? _tracker.Progress[Id].Match : _tracker.CommittedIndex;""")),
        new("heartbeat-commits-unmatched", "a heartbeat tells a follower to commit what it may have otherwise", Habitat.Elections, new Edit(
            "raftstore/Raft/RaftNode.Replication.cs",
            "Commit = Math.Min(progress.Match, _log.Committed),",
            """Commit = Planted.Is("heartbeat-commits-unmatched") ? _log.Committed : Math.Min(progress.Match, _log.Committed),""")),
        new("refused-append-commits", "a follower takes the commit index of an append that it refuses", Habitat.Elections, new Edit(
            Follower,
            "        // The guess skips the whole tail of entries",
            """
                    if (Planted.Is("refused-append-commits"))
                    {
                        _log.CommitTo(Math.Min(message.Commit, _log.LastIndex));
                    }

                    // The guess skips the whole tail of entries
            """)),
        new("log-matching-unchecked", "a follower takes entries behind one that it has otherwise", Habitat.Elections, new Edit(
            Log,
            "if (!Matches(previous))",
            """if (!Matches(previous) && !(Planted.Is("log-matching-unchecked") && previous.Index <= LastIndex && previous.Index >= FirstIndex))""")),
        new("conflicting-suffix-kept", "a follower keeps a suffix that conflicts with its leader's", Habitat.Elections, new Edit(
            Log,
            "Invariant.Check(index > Committed, $\"entry {index} conflicts with one committed up to {Committed}\");",
            """
            if (Planted.Is("conflicting-suffix-kept") && index <= LastIndex)
            {
                return true;
            }

            Invariant.Check(index > Committed, $"entry {index} conflicts with one committed up to {Committed}");
            """)),
        new("truncation-forgotten", "a truncated suffix is forgotten in memory and not on disk: it is back after a restart", Habitat.Elections, new Edit(
            Driver,
            "_storage.Append(ready.HardState, ready.Entries, ready.MustSync);",
            """
            var entries = Planted.Is("truncation-forgotten") ? [.. ready.Entries.Where(e => e.Index > _storage.LastIndex)] : ready.Entries;
            _storage.Append(ready.HardState, entries, ready.MustSync && !Planted.Is("never-syncs"));
            """)),
        new("never-syncs", "nothing is made durable", Habitat.Majorities),
        new("answers-before-sync", "votes and acknowledgements leave before what they vouch for is written", Habitat.Majorities, new Edit(
            Driver,
            "            if (!TryPersist(ready))\n            {\n                _stalled = ready;",
            """
                        if (Planted.Is("answers-before-sync"))
                        {
                            _transport.Send(ready.MessagesAfterPersist);
                        }

                        if (!TryPersist(ready))
                        {
                            _stalled = ready;
            """)),
        new("stale-snapshot-installed", "a snapshot replaces a log that is further", Habitat.Snapshots,
            new Edit(Follower, "snapshot.Index > _log.Committed && !_log.Matches(snapshot.Id)", """((snapshot.Index > _log.Committed && !_log.Matches(snapshot.Id)) || Planted.Is("stale-snapshot-installed"))"""),
            new Edit(Follower, "if (snapshot.Index <= _log.Committed || ", """if ((snapshot.Index <= _log.Committed && !Planted.Is("stale-snapshot-installed")) || """),
            new Edit(Follower, "if (_log.Matches(snapshot.Id))", """if (_log.Matches(snapshot.Id) && !Planted.Is("stale-snapshot-installed"))""")),
    ];
}
