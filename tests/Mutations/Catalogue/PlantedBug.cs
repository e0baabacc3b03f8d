namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Where a bug can show itself: the kind of run that it is hunted in (the simulation's <c>Profile</c> of that name).</summary>
public enum Habitat
{
    Elections,
    Majorities,
    Membership,
    Snapshots,
    Clients,
    Readers,
    Upgrades,
}

/// <summary>A deliberate bug.</summary>
/// <param name="Name">What <c>Planted.Is</c> is asked for.</param>
/// <param name="What">What is wrong then.</param>
/// <param name="Habitat">Where it is hunted.</param>
/// <param name="Edits">Its places.</param>
public sealed record PlantedBug(string Name, string What, Habitat Habitat, params Edit[] Edits);
