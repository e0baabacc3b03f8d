namespace Kube.Client.Rest;

/// <summary>A page of a list, or all of it.</summary>
/// <param name="Items">The objects, in the server's order.</param>
/// <param name="ResourceVersion">The version at which the list was taken: a watch from here misses nothing.</param>
/// <param name="Continue">Where the next page begins; null at the end.</param>
public sealed record ObjectList<T>(IReadOnlyList<T> Items, string ResourceVersion, string? Continue);
