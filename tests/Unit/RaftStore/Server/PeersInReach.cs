using System.Collections.Concurrent;
using Kube.RaftStore.Server.Members;

namespace Kube.RaftStore.Tests.Server;

/// <summary>Other members as connected as a test says.</summary>
internal sealed class PeersInReach : IPeerHealth
{
    public ConcurrentDictionary<ulong, TimeSpan> Connected { get; } = new();

    public TimeSpan? ConnectedFor(ulong member) => Connected.TryGetValue(member, out var time) ? time : null;
}
