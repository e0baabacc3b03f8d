namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Proposals and linearizable reads.</summary>
internal static class RequestBugs
{
    private const string Reads = "raftstore/Raft/RaftNode.Reads.cs";
    private const string Requests = "raftstore/Server/Replication/ReplicatedLog.Requests.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("doubled-proposals-taken", "a forwarded proposal that the network doubles is taken twice", Habitat.Clients, new Edit(
            "raftstore/Raft/RaftNode.Proposals.cs",
            "if (message.Index == 0)",
            """if (message.Index == 0 || Planted.Is("doubled-proposals-taken"))""")),
        new("proposes-again-too-early", "a proposal is made again while the first attempt can still succeed", Habitat.Elections, new Edit(
            Requests,
            "proposal.AttemptTerm >= appliedTerm)",
            """(proposal.AttemptTerm >= appliedTerm && !Planted.Is("proposes-again-too-early")))""")),
        new("unknown-proposed-again", "a proposal that a snapshot may include is made again", Habitat.Snapshots, new Edit(
            Requests,
            "if (!proposal.IsUnknown)",
            """if (!proposal.IsUnknown || Planted.Is("unknown-proposed-again"))""")),
        new("reads-without-quorum", "a leader answers reads without asking whether it still is one", Habitat.Readers, new Edit(
            Reads,
            "if (alone || ",
            """if (alone || Planted.Is("reads-without-quorum") || """)),
        new("reads-before-own-term", "a leader answers reads before it knows how far its predecessors got", Habitat.Elections, new Edit(
            Reads,
            "        if (_log.TermAt(_log.Committed) != Term)",
            """        if (_log.TermAt(_log.Committed) != Term && !Planted.Is("reads-before-own-term"))""")),
        new("reads-before-applied", "a read is answered before the state has come to its index", Habitat.Clients, new Edit(
            "raftstore/Server/Replication/ApplyLoop.cs",
            "if (_appliedIndex < index)",
            """if (_appliedIndex < index && !Planted.Is("reads-before-applied"))""")),
    ];
}
