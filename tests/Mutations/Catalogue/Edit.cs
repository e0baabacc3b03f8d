namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>One place where production code is wrong when its bug is planted.</summary>
/// <param name="File">The source, from the repository's root.</param>
/// <param name="Sound">What stands there: it has to be there exactly once.</param>
/// <param name="Planted">What stands there in the planted copy; it asks <c>Planted.Is</c> for the bug's name, and is sound without it.</param>
public sealed record Edit(string File, string Sound, string Planted);
