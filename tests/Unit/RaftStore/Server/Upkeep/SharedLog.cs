using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server;

namespace Kube.RaftStore.Tests.Server.Upkeep;

/// <summary>
/// A log in memory that several members share: whatever one proposes is applied by all, in one order. The first
/// member leads. Members are numbered from 1.
/// </summary>
internal sealed class SharedLog
{
    private readonly Lock _gate = new();
    private readonly List<StoreStateMachine> _machines = [];

    /// <summary>The log as the next member sees it.</summary>
    public IReplicatedLog Join(StoreStateMachine machine, ulong memberId)
    {
        _machines.Add(machine);
        return new View(this, machine, memberId, isLeader: _machines.Count == 1);
    }

    private sealed class View(SharedLog shared, StoreStateMachine machine, ulong memberId, bool isLeader) : IReplicatedLog
    {
        public event Action<ReplicationStatus>? LeadershipChanged
        {
            add { }
            remove { }
        }

        public ReplicationStatus Status => new(memberId, isLeader ? memberId : ulong.MaxValue, 2, machine.AppliedIndex, machine.AppliedIndex, false);

        public ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
        {
            lock (shared._gate)
            {
                object? mine = null;
                foreach (var each in shared._machines)
                {
                    var result = each.Apply(each.AppliedIndex + 1, 2, command);
                    mine = ReferenceEquals(each, machine) ? result : mine;
                }
                return ValueTask.FromResult(mine);
            }
        }

        public ValueTask<ulong> ReadIndexAsync(CancellationToken cancellationToken) => ValueTask.FromResult(machine.AppliedIndex);

        public ConfState Membership => new([.. Enumerable.Range(1, shared._machines.Count).Select(static id => (ulong)id)]);

        public ValueTask<object?> ProposeConfChangeAsync(ConfChange change, ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
            => throw new NotSupportedException("its members stay");

        public Task TransferLeaderAsync(ulong target, CancellationToken cancellationToken) => throw new NotSupportedException("its first member leads");
    }
}
