using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Tracker;
using Kube.RaftStore.Server;

namespace Kube.RaftStore.Tests.Server;

/// <summary>A log of one member in memory: whatever is proposed is applied at once. For tests of what stands above the log.</summary>
internal sealed class SingleNodeLog(IStateMachine machine, ulong memberId) : IReplicatedLog
{
    private readonly Lock _gate = new();
    private ulong? _leader;
    private ulong _term = 2;
    private volatile TaskCompletionSource? _stalled;

    public event Action<ReplicationStatus>? LeadershipChanged;

    /// <summary>When set, proposals and reads fail with it.</summary>
    public ReplicationFailure? Failure { get; set; }

    public ReplicationStatus Status => new(memberId, _leader ?? memberId, _term, machine.AppliedIndex, machine.AppliedIndex, false);

    /// <summary>Has proposals wait until they are cancelled; completes when the first one does.</summary>
    public Task Stall() => (_stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ValueTask<object?> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        if (_stalled is { } stalled)
        {
            stalled.TrySetResult();
            return new ValueTask<object?>(new TaskCompletionSource<object?>().Task.WaitAsync(cancellationToken));
        }
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

    /// <summary>The membership that it says is in force; a change takes effect at once.</summary>
    public ConfState Membership { get; private set; } = new([memberId]);

    /// <summary>Who leads after a transfer.</summary>
    public List<ulong> Transfers { get; } = [];

    /// <summary>Called before a membership change is admitted.</summary>
    public Action<ConfChange>? BeforeChange { get; set; }

    public ValueTask<object?> ProposeConfChangeAsync(ConfChange change, ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        Fail();
        BeforeChange?.Invoke(change);
        if (change.Base != Membership.Fingerprint)
        {
            throw new ReplicationException(ReplicationFailure.ConfChangePending, "stale");
        }
        var tracker = new ProgressTracker(1, 1);
        tracker.Switch(Kube.RaftStore.Raft.Configuration.Membership.From(Membership), new(Membership.Members.ToDictionary(id => id, id => tracker.NewProgress(0, 1, false))));
        Membership = new ConfChanger(tracker, 1).Apply(change).Membership.ToConfState();
        return ProposeAsync(command, cancellationToken);
    }

    public Task TransferLeaderAsync(ulong target, CancellationToken cancellationToken)
    {
        Fail();
        Transfers.Add(target);
        SetLeader(target);
        return Task.CompletedTask;
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
