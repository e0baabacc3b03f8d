using Kube.RaftStore.Apply;
using Kube.RaftStore.Server;

namespace Kube.RaftStore.Tests.Server;

/// <summary>A log of one member in memory: whatever is proposed is applied at once. For tests of what stands above the log.</summary>
internal sealed class SingleNodeLog(IStateMachine machine, ulong memberId) : IReplicatedLog
{
    private readonly Lock _gate = new();
    private ulong? _leader;
    private ulong _term = 2;

    public event Action<ReplicationStatus>? LeadershipChanged;

    /// <summary>When set, proposals and reads fail with it.</summary>
    public ReplicationFailure? Failure { get; set; }

    public ReplicationStatus Status => new(memberId, _leader ?? memberId, _term, machine.AppliedIndex, machine.AppliedIndex, false);

    public ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Fail();
        lock (_gate)
        {
            return ValueTask.FromResult(machine.Apply(machine.AppliedIndex + 1, _term, command));
        }
    }

    public ValueTask<ulong> ReadIndexAsync(CancellationToken cancellationToken)
    {
        Fail();
        return ValueTask.FromResult(machine.AppliedIndex);
    }

    /// <summary>Makes it look as if another member led, 0 for none.</summary>
    public void SetLeader(ulong leader)
    {
        lock (_gate)
        {
            _leader = leader;
            _term++;
        }
        LeadershipChanged?.Invoke(Status);
    }

    private void Fail()
    {
        if (Failure is { } failure)
        {
            throw new ReplicationException(failure, failure.ToString());
        }
    }
}
