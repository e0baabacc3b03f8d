using Grpc.Core;
using Kube.RaftStore.Apply;

namespace Kube.RaftStore.Server;

/// <summary>
/// Says, in etcd's words, why a proposal was not committed in time (etcd's server.go, parseProposeCtxErr). Thread-safe.
/// </summary>
internal sealed class ProposalClock
{
    /// <summary>A timer may be that much ahead of the clock that it was set by.</summary>
    private static readonly TimeSpan s_grain = TimeSpan.FromMilliseconds(20);

    private readonly IReplicatedLog _log;
    private readonly TimeProvider _time;
    private readonly TimeSpan _electionTimeout;
    private ulong _leader;
    private long _elected;

    public ProposalClock(IReplicatedLog log, TimeProvider time, TimeSpan electionTimeout)
    {
        _log = log;
        _time = time;
        _electionTimeout = electionTimeout;
        _elected = time.GetTimestamp();
        _leader = log.Status.LeaderId;
        log.LeadershipChanged += OnLeadershipChanged;
    }

    /// <summary>A proposal begins.</summary>
    public Begun Begin() => new(_time.GetTimestamp(), _log.Status.LeaderId != 0);

    /// <summary>Whether a call was cancelled because its time is over, and not because the caller is gone.</summary>
    public bool IsOver(ServerCallContext context)
        => context.Deadline != DateTime.MaxValue && context.Deadline - s_grain <= _time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// The answer to a proposal whose time is over. While no leader was known it was not proposed at all: then etcd passes on its
    /// context's end.
    /// </summary>
    public RpcException TimedOut(Begun begun)
    {
        if (!begun.HadLeader && _log.Status.LeaderId == 0)
        {
            return new RpcException(new Status(StatusCode.DeadlineExceeded, "context deadline exceeded"));
        }
        var sinceElection = _time.GetElapsedTime(begun.Timestamp, Interlocked.Read(ref _elected));
        return StoreServer.Refuse(
            sinceElection > TimeSpan.Zero && sinceElection < 2 * _electionTimeout ? EtcdError.TimeoutByLeaderFailure : EtcdError.Timeout);
    }

    private void OnLeadershipChanged(ReplicationStatus status)
    {
        if (status.LeaderId != 0 && status.LeaderId != _leader)
        {
            Interlocked.Exchange(ref _elected, _time.GetTimestamp());
        }
        _leader = status.LeaderId;
    }

    /// <summary>When a proposal began, and whether a leader was known then.</summary>
    internal readonly record struct Begun(long Timestamp, bool HadLeader);
}
