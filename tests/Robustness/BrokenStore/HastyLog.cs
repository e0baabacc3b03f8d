using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server;

namespace Kube.Robustness.BrokenStore;

/// <summary>Takes what this member has applied for current, without asking a majority.</summary>
internal sealed class HastyLog(IReplicatedLog inner) : IReplicatedLog
{
    public event Action<ReplicationStatus>? LeadershipChanged
    {
        add => inner.LeadershipChanged += value;
        remove => inner.LeadershipChanged -= value;
    }

    public ReplicationStatus Status => inner.Status;

    public ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken) =>
        inner.ProposeAsync(command, cancellationToken);

    public ConfState Membership => inner.Membership;

    public ValueTask<object?> ProposeConfChangeAsync(ConfChange change, ReadOnlyMemory<byte> command, CancellationToken cancellationToken) =>
        inner.ProposeConfChangeAsync(change, command, cancellationToken);

    public Task TransferLeaderAsync(ulong target, CancellationToken cancellationToken) => inner.TransferLeaderAsync(target, cancellationToken);

    public ValueTask<ulong> ReadIndexAsync(CancellationToken cancellationToken) => ValueTask.FromResult(inner.Status.AppliedIndex);
}
