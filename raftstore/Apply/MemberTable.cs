using System.Collections.Immutable;

namespace Kube.RaftStore.Apply;

/// <summary>What members have told of themselves through the log. The applying thread writes; any thread reads.</summary>
public sealed class MemberTable
{
    private ImmutableSortedDictionary<ulong, PublishedMember> _members = ImmutableSortedDictionary<ulong, PublishedMember>.Empty;

    /// <summary>The members that have published something, by id.</summary>
    public IReadOnlyDictionary<ulong, PublishedMember> All => Volatile.Read(ref _members);

    internal void Publish(ulong id, PublishedMember member) => Volatile.Write(ref _members, _members.SetItem(id, member));

    internal void Replace(IEnumerable<KeyValuePair<ulong, PublishedMember>> members)
        => Volatile.Write(ref _members, members.ToImmutableSortedDictionary());
}

/// <summary>A member's name and the URLs at which clients reach it.</summary>
public sealed record PublishedMember(string Name, IReadOnlyList<string> ClientUrls);
