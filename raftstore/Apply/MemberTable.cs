using System.Collections.Immutable;

namespace Kube.RaftStore.Apply;

/// <summary>
/// The members as the log tells of them: who began the cluster, who was added, changed and removed, and what members
/// published of themselves. The applying thread writes; any thread reads.
/// </summary>
/// <remarks>
/// Who votes is Raft's to say; this is the names and URLs to it. Both change at the same index of the log.
/// </remarks>
public sealed class MemberTable
{
    /// <summary>Most learners of a cluster, as in etcd.</summary>
    public const int MaxLearners = 1;

    private State _state = State.Empty;

    /// <summary>Raised on the applying thread after the members or their peer URLs changed. Must not block.</summary>
    public event Action? Changed;

    /// <summary>The members, by id.</summary>
    public IReadOnlyDictionary<ulong, StoreMember> All => Volatile.Read(ref _state).Members;

    /// <summary>False until the log has told who began the cluster: then <see cref="All"/> is what some published.</summary>
    public bool IsComplete => Volatile.Read(ref _state).IsComplete;

    /// <summary>Members that were removed. Their ids are never used again.</summary>
    public IReadOnlyCollection<ulong> Removed => Volatile.Read(ref _state).Removed;

    /// <summary>Whether a member was removed.</summary>
    public bool IsRemoved(ulong id) => Volatile.Read(ref _state).Removed.Contains(id);

    /// <summary>Notes who began the cluster; does nothing when that is known.</summary>
    internal void Bootstrap(IEnumerable<KeyValuePair<ulong, StoreMember>> founders)
    {
        if (_state.IsComplete)
        {
            return;
        }
        var members = _state.Members;
        foreach (var (id, founder) in founders)
        {
            members = members.SetItem(id, members.TryGetValue(id, out var told)
                ? told with { PeerUrls = founder.PeerUrls }
                : founder);
        }
        Become(_state with { Members = members, IsComplete = true });
    }

    /// <summary>Notes what a member told of itself; one that was removed is not listened to.</summary>
    internal void Publish(ulong id, string name, IReadOnlyList<string> clientUrls)
    {
        var known = _state.Members.GetValueOrDefault(id);
        if (known is null && (_state.IsComplete || _state.Removed.Contains(id)))
        {
            return;
        }
        var member = (known ?? StoreMember.Unknown) with { Name = name, ClientUrls = clientUrls };
        Volatile.Write(ref _state, _state with { Members = _state.Members.SetItem(id, member) });
    }

    internal void Add(ulong id, IReadOnlyList<string> peerUrls, bool isLearner)
        => Set(id, StoreMember.Unknown with { PeerUrls = peerUrls, IsLearner = isLearner });

    /// <summary>Makes a voter of a learner; does nothing where there is no such member.</summary>
    internal void Promote(ulong id)
    {
        if (_state.Members.TryGetValue(id, out var member))
        {
            Set(id, member with { IsLearner = false });
        }
    }

    /// <returns>False when there is no such member.</returns>
    internal bool Update(ulong id, IReadOnlyList<string> peerUrls)
    {
        if (!_state.Members.TryGetValue(id, out var member))
        {
            return false;
        }
        Set(id, member with { PeerUrls = peerUrls });
        return true;
    }

    internal void Remove(ulong id) => Become(_state with { Members = _state.Members.Remove(id), Removed = _state.Removed.Add(id) });

    /// <summary>Whether another member than <paramref name="except"/> has one of these peer URLs.</summary>
    public bool HasPeerUrl(IReadOnlyList<string> urls, ulong except = 0)
    {
        foreach (var (id, member) in All)
        {
            if (id != except && member.PeerUrls.Any(url => urls.Contains(url, StringComparer.Ordinal)))
            {
                return true;
            }
        }
        return false;
    }

    internal State Capture() => _state;

    internal void Replace(State state) => Become(state);

    private void Set(ulong id, StoreMember member) => Become(_state with { Members = _state.Members.SetItem(id, member) });

    private void Become(State state)
    {
        Volatile.Write(ref _state, state);
        Changed?.Invoke();
    }

    /// <summary>All of the table at one moment; immutable.</summary>
    internal sealed record State(
        ImmutableSortedDictionary<ulong, StoreMember> Members, ImmutableSortedSet<ulong> Removed, bool IsComplete)
    {
        public static State Empty { get; } = new(ImmutableSortedDictionary<ulong, StoreMember>.Empty, [], false);
    }
}

/// <summary>A member: its name and client URLs, empty until it has started and told them, and where its peers reach it.</summary>
public sealed record StoreMember(string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls, bool IsLearner)
{
    internal static StoreMember Unknown { get; } = new("", [], [], false);

    /// <summary>Whether it has ever taken part, as etcd sees it.</summary>
    public bool IsStarted => Name.Length > 0;
}
