namespace Kube.RaftStore.Apply;

/// <summary>A comparison of the members' histories, begun at one log index.</summary>
/// <param name="Index">The log index, which names the comparison.</param>
/// <param name="Revision">The newest revision at that index.</param>
/// <param name="StartingMember">The member that asked because it has just started, 0 for a regular comparison.</param>
public readonly record struct HashMarked(ulong Index, long Revision, ulong StartingMember);
