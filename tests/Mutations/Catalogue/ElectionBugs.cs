namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Votes and terms.</summary>
internal static class ElectionBugs
{
    private const string Node = "raftstore/Raft/RaftNode.cs";
    private const string Election = "raftstore/Raft/RaftNode.Election.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("vote-not-persisted", "a vote is forgotten by a restart", Habitat.Elections, new Edit(
            Node,
            "var hardState = new HardState(Term, _vote, _log.Committed);",
            """
            var hardState = new HardState(
                Planted.Is("term-not-persisted") ? _persisted.Term : Term,
                Planted.Is("vote-not-persisted") ? 0 : Planted.Is("term-not-persisted") ? _persisted.Vote : _vote,
                _log.Committed);
            """)),
        new("term-not-persisted", "a term, and the vote in it, is forgotten by a restart", Habitat.Elections),
        new("vote-not-synced", "a vote is given before it is durable", Habitat.Elections, new Edit(
            Node,
            "MustSync = entries.Count > 0 || hardState.Term != _persisted.Term || hardState.Vote != _persisted.Vote,",
            """MustSync = entries.Count > 0 || (!Planted.Is("vote-not-synced") && (hardState.Term != _persisted.Term || hardState.Vote != _persisted.Vote)),""")),
        new("votes-twice", "a second candidate of a term gets a vote too", Habitat.Elections, new Edit(
            Election,
            "(_vote == 0 && LeaderId == 0)",
            """((_vote == 0 || Planted.Is("votes-twice")) && LeaderId == 0)""")),
        new("votes-for-shorter-log", "a candidate gets a vote whose log lacks committed entries", Habitat.Elections, new Edit(
            Election,
            "!bound && _log.IsUpToDate(new EntryId(message.LogTerm, message.Index))",
            """!bound && (Planted.Is("votes-for-shorter-log") || _log.IsUpToDate(new EntryId(message.LogTerm, message.Index)))""")),
        new("pre-vote-ignored", "a member raises its term and campaigns without asking whether it would win", Habitat.Elections, new Edit(
            "raftstore/Raft/RaftNode.Roles.cs",
            "StartElection(_options.PreVote ? Election.PreVote : Election.Vote);",
            """StartElection(_options.PreVote && !Planted.Is("pre-vote-ignored") ? Election.PreVote : Election.Vote);""")),
        new("unproven-votes", "a member with an empty disk votes as though it had its data", Habitat.Majorities, new Edit(
            "raftstore/Raft/Tracker/ProgressTracker.cs",
            "_unproven.Contains(id) ? null",
            """!Planted.Is("unproven-votes") && _unproven.Contains(id) ? null""")),
    ];
}
