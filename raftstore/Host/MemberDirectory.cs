using Kube.RaftStore.Apply;
using Kube.RaftStore.Server.Members;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Transport;
using Kube.RaftStore.Transport.Grpc;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>This member was removed from its cluster: it has no part in it any more.</summary>
public sealed class MemberRemovedException() : Exception("the member has been permanently removed from the cluster");

/// <summary>
/// Ties the table of members, which the log writes, to the transport: peers come, move and go as the log says, and a member that
/// was removed is told so and stops.
/// </summary>
internal sealed partial class MemberDirectory : IMemberDirectory, IPeerHealth
{
    private readonly ulong _self;
    private readonly MemberTable _table;
    private readonly GrpcRaftTransport _transport;
    private readonly TimeSpan _farewell;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<Exception> _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReplicatedLog? _log;
    private int _isLeaving;

    /// <param name="self">This member.</param>
    /// <param name="table">The members as the log tells of them.</param>
    /// <param name="transport">What connects them.</param>
    /// <param name="farewell">How long this member goes on after it was removed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it logs.</param>
    public MemberDirectory(
        ulong self, MemberTable table, GrpcRaftTransport transport, TimeSpan farewell, TimeProvider time, ILogger logger)
    {
        _self = self;
        _table = table;
        _transport = transport;
        _farewell = farewell;
        _time = time;
        _logger = logger;
        _table.Changed += OnChanged;
        transport.SetMembers(this);
    }

    /// <summary>Completes when this member was removed and has stayed as long as it should.</summary>
    public Task<Exception> Removed => _removed.Task;

    public IReadOnlyList<KnownMember>? Members => _table.IsComplete
        ? [.. _table.All.Select(static member => new KnownMember(member.Key, member.Value.Name, member.Value.PeerUrls, member.Value.IsLearner))]
        : null;

    public bool IsRemoved(ulong member) => _table.IsRemoved(member);

    public void OnRemoved()
    {
        LogRemoved(_self);
        _removed.TrySetResult(new MemberRemovedException());
    }

    public TimeSpan? ConnectedFor(ulong member) => _transport.ConnectedFor(member);

    /// <summary>From now on the log's peers follow the table.</summary>
    public void Attach(ReplicatedLog log)
    {
        Volatile.Write(ref _log, log);
        OnChanged();
    }

    private void OnChanged()
    {
        if (Volatile.Read(ref _log) is { } log && _table.IsComplete)
        {
            log.SetPeers([.. _table.All
                .Where(static member => member.Value.PeerUrls.Count > 0)
                .Select(static member => new RaftPeer(member.Key, [.. member.Value.PeerUrls.Select(static url => new Uri(url))]))]);
        }
        _transport.DropRemoved();
        if (_table.IsRemoved(_self) && Interlocked.Exchange(ref _isLeaving, 1) == 0)
        {
            // A vote of the old membership may still be needed: the others learn that the change is committed
            // from this member's last messages, or elect a leader that tells them.
            LogLeaving(_self, _farewell);
            _ = LeaveAsync();
        }
    }

    private async Task LeaveAsync()
    {
        await Task.Delay(_farewell, _time).ConfigureAwait(false);
        OnRemoved();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "member {Member:x} was removed from the cluster; it stops in {Farewell}")]
    private partial void LogLeaving(ulong member, TimeSpan farewell);

    [LoggerMessage(Level = LogLevel.Warning, Message = "member {Member:x} stops: it has been permanently removed from the cluster")]
    private partial void LogRemoved(ulong member);
}
