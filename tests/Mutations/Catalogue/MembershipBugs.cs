namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Who votes and who counts.</summary>
internal static class MembershipBugs
{
    private const string Joint = "raftstore/Raft/Quorum/JointConfig.cs";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("learners-count", "a learner's copy counts as a voter's", Habitat.Membership, new Edit(
            "raftstore/Raft/Tracker/ProgressTracker.cs",
            "public ulong CommittedIndex => Membership.Voters.CommittedIndex(_matchOf);",
            """
            public ulong CommittedIndex => Planted.Is("learners-count")
                ? Progress.Values.Select(p => p.Match).OrderDescending().ElementAtOrDefault(Membership.Voters.Incoming.Ids.Count / 2)
                : Membership.Voters.CommittedIndex(_matchOf);
            """)),
        new("old-half-ignored", "a joint configuration decides by its new half alone", Habitat.Membership,
            new Edit(Joint, "Math.Min(Incoming.CommittedIndex(acknowledged), Outgoing.CommittedIndex(acknowledged));",
                """Planted.Is("old-half-ignored") ? Incoming.CommittedIndex(acknowledged) : Math.Min(Incoming.CommittedIndex(acknowledged), Outgoing.CommittedIndex(acknowledged));"""),
            new Edit(Joint, "var second = Outgoing.Tally(vote);", """var second = Planted.Is("old-half-ignored") ? first : Outgoing.Tally(vote);""")),
        new("old-change-misread", "a membership change of the version before is read as one of the present", Habitat.Upgrades, new Edit(
            "raftstore/Raft/Configuration/ConfChangeCodec.cs",
            "var isOld = bytes[0] < Version;",
            """var isOld = bytes[0] < Version && !Planted.Is("old-change-misread");""")),
        new("strangers-unanswered", "a member answers nobody whom its log does not name", Habitat.Membership, new Edit(
            "raftstore/Transport/Introductions.cs",
            "        _told.Add(peer);\n        return true;",
            """
                    _told.Add(peer);
                    if (Planted.Is("strangers-unanswered"))
                    {
                        _told.Clear();
                    }

                    return true;
            """)),
        new("snapshot-keeps-old-membership", "a member that a snapshot fills goes on with the membership it knew", Habitat.Membership, new Edit(
            "raftstore/Raft/RaftNode.Follower.cs",
            "Install(snapshot.Configuration);",
            """
            if (!Planted.Is("snapshot-keeps-old-membership"))
            {
                Install(snapshot.Configuration);
            }
            """)),
    ];
}
