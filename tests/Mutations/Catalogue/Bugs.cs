namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>All planted bugs. A place is as short as it can be and still be the only one of its kind in its file.</summary>
public static class Bugs
{
    public static IReadOnlyList<PlantedBug> All { get; } =
        [.. ElectionBugs.All, .. ReplicationBugs.All, .. MembershipBugs.All, .. RequestBugs.All, .. StateBugs.All, .. WatchBugs.All];
}
