using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;

namespace Kube.RaftStore.Server;

/// <summary>
/// The replicated log as the services see it: propose a command, or prove that a local read is current.
/// Safe for use from many threads.
/// </summary>
public interface IReplicatedLog
{
    /// <summary>This member and what it knows of the others, as of now.</summary>
    ReplicationStatus Status { get; }

    /// <summary>
    /// Raised, on the driver's thread and in order, when the known leader or the term changes. Handlers must not block.
    /// </summary>
    event Action<ReplicationStatus>? LeadershipChanged;

    /// <summary>
    /// Proposes a command, by way of the leader if this member is not it, and completes once the command is durable
    /// on a majority and applied to the state machine of this member.
    /// </summary>
    /// <returns>What the state machine answered.</returns>
    /// <exception cref="ReplicationException">The proposal was refused or its outcome is unknown; the
    /// <see cref="ReplicationException.Reason"/> says which.</exception>
    ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken);

    /// <summary>
    /// Completes once the local state machine has applied everything that was committed in the cluster
    /// when the call was made: a local read after it is linearizable (Raft dissertation, 6.4).
    /// Calls made together share one round of heartbeats.
    /// </summary>
    /// <returns>The index that the state machine has reached at least.</returns>
    /// <exception cref="ReplicationException">Leadership could not be proved in time.</exception>
    ValueTask<ulong> ReadIndexAsync(CancellationToken cancellationToken);

    /// <summary>The membership in force at this member.</summary>
    ConfState Membership { get; }

    /// <summary>
    /// Proposes a membership change with a command that the state machine applies at the same index.
    /// </summary>
    /// <returns>What the state machine answered.</returns>
    /// <exception cref="ReplicationException">As for <see cref="ProposeAsync"/>;
    /// <see cref="ReplicationFailure.ConfChangeRefused"/>, <see cref="ReplicationFailure.ConfChangePending"/> or
    /// <see cref="ReplicationFailure.LearnerNotReady"/> when the leader did not admit it: nothing changed, and the command was
    /// not applied.</exception>
    ValueTask<object?> ProposeConfChangeAsync(ConfChange change, ReadOnlyMemory<byte> command, CancellationToken cancellationToken);

    /// <summary>Hands leadership to a voting member, from whatever member this is called on.</summary>
    /// <exception cref="ReplicationException">It did not take over in time.</exception>
    Task TransferLeaderAsync(ulong target, CancellationToken cancellationToken);
}

/// <summary>Replication state of one member at one moment.</summary>
/// <param name="MemberId">This member.</param>
/// <param name="LeaderId">The leader it knows of, 0 for none.</param>
/// <param name="Term">Its term.</param>
/// <param name="CommitIndex">The last index it knows to be committed.</param>
/// <param name="AppliedIndex">The last index its state machine has applied.</param>
/// <param name="IsLearner">True while it has no vote.</param>
public readonly record struct ReplicationStatus(
    ulong MemberId, ulong LeaderId, ulong Term, ulong CommitIndex, ulong AppliedIndex, bool IsLearner)
{
    /// <summary>True when this member is the leader as far as it knows; no proof for a read.</summary>
    public bool IsLeader => LeaderId == MemberId && MemberId != 0;
}

/// <summary>Why a proposal or a read index did not succeed.</summary>
public enum ReplicationFailure
{
    /// <summary>No leader is known; nothing was proposed (etcdserver: no leader).</summary>
    NoLeader,

    /// <summary>The leader changed while the outcome was open; it may or may not take effect (etcdserver: leader changed).</summary>
    LeaderChanged,

    /// <summary>No answer within the request time-out; it may or may not take effect (etcdserver: request timed out).</summary>
    Timeout,

    /// <summary>Too much is waiting to be committed; nothing was proposed (etcdserver: too many requests).</summary>
    TooManyRequests,

    /// <summary>The disk is full; nothing was proposed (etcdserver: mvcc: database space exceeded).</summary>
    NoSpace,

    /// <summary>The member is stopping (etcdserver: server stopped).</summary>
    Stopped,

    /// <summary>A membership change that the membership does not admit; nothing changed.</summary>
    ConfChangeRefused,

    /// <summary>A membership change that another one stands in the way of or has overtaken; nothing changed. To be decided
    /// upon anew.</summary>
    ConfChangePending,

    /// <summary>The learner to be promoted is too far behind; nothing changed.</summary>
    LearnerNotReady,
}

/// <summary>A proposal or read index that did not succeed.</summary>
public sealed class ReplicationException(ReplicationFailure reason, string message) : Exception(message)
{
    /// <summary>Which failure it is.</summary>
    public ReplicationFailure Reason { get; } = reason;
}
