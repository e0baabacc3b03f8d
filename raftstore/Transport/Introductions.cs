namespace Kube.RaftStore.Transport;

/// <summary>
/// Where members listen by their own word. A member that was away while others took the places of those it knew cannot have their
/// addresses from its log: the entries that hold them come from a leader that it could not answer. Not thread-safe.
/// </summary>
/// <remarks>
/// What the log says comes first. A member's own word is used where the log names no address of it that it names too, and forgotten once the
/// log does. A member that lies about its address gains nothing: whoever is connected to must still prove who it is.
/// </remarks>
internal sealed class Introductions
{
    /// <summary>Most members remembered; of more, those longest known give way.</summary>
    public const int Capacity = 16;

    private readonly List<RaftPeer> _told = [];

    /// <summary>Takes a member's word; false when it says nothing new.</summary>
    /// <param name="peer">The member, with one address at least.</param>
    /// <param name="known">The members that the log tells of.</param>
    public bool TryNote(RaftPeer peer, IReadOnlyList<RaftPeer> known)
    {
        if (known.Any(k => Agrees(k, peer)) || _told.Exists(t => t.Id == peer.Id && t.Addresses.SequenceEqual(peer.Addresses)))
        {
            return false;
        }

        _told.RemoveAll(t => t.Id == peer.Id);
        if (_told.Count == Capacity)
        {
            _told.RemoveAt(0);
        }

        _told.Add(peer);
        return true;
    }

    /// <summary>The members that the log tells of, with what their own word adds. Forgets what the log says too.</summary>
    public IReadOnlyList<RaftPeer> Complete(IReadOnlyList<RaftPeer> known)
    {
        _told.RemoveAll(t => known.Any(k => Agrees(k, t)));
        return
        [
            .. known.Select(k => _told.Find(t => t.Id == k.Id) is { } told ? k with { Addresses = [.. k.Addresses, .. told.Addresses] } : k),
            .. _told.Where(t => known.All(k => k.Id != t.Id)),
        ];
    }

    /// <summary>Forgets some; false when there were none.</summary>
    public bool Forget(Predicate<ulong> member) => _told.RemoveAll(t => member(t.Id)) > 0;

    private static bool Agrees(RaftPeer known, RaftPeer told) => known.Id == told.Id && known.Addresses.Intersect(told.Addresses).Any();
}
