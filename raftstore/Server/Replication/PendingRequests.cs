using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>A proposal that a client of this member waits for.</summary>
internal sealed class PendingProposal(EntryType type, ProposalId id, ReadOnlyMemory<byte> data, long deadlineTimestamp)
{
    private readonly TaskCompletionSource<object?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProposalId Id { get; } = id;

    public EntryType Type { get; } = type;

    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>A <see cref="TimeProvider"/>'s timestamp.</summary>
    public long DeadlineTimestamp { get; } = deadlineTimestamp;

    /// <summary>The term in which alone the present attempt can enter the log; 0 while there is none. The driver's.</summary>
    public ulong AttemptTerm { get; set; }

    /// <summary>A snapshot was installed over entries that the attempt may be among. The driver's.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>Gives the outcome to the one who asked.</summary>
    public async Task<object?> WaitAsync(CancellationToken cancellationToken)
    {
        using var cancelling = cancellationToken.UnsafeRegister(
            static (completion, token) => ((TaskCompletionSource<object?>)completion!).TrySetCanceled(token), _completion);
        return await _completion.Task;
    }

    public void Succeed(object? answer) => _completion.TrySetResult(answer);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>A read that waits for its index, then for the state machine to reach it.</summary>
internal sealed class PendingRead(long deadlineTimestamp)
{
    private readonly TaskCompletionSource<ulong> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long DeadlineTimestamp { get; } = deadlineTimestamp;

    /// <summary>The index that was proved, 0 before.</summary>
    public ulong Index { get; set; }

    public bool IsDone => _completion.Task.IsCompleted;

    /// <summary>Gives the outcome to the one who asked.</summary>
    public async Task<ulong> WaitAsync(CancellationToken cancellationToken)
    {
        using var cancelling = cancellationToken.UnsafeRegister(
            static (completion, token) => ((TaskCompletionSource<ulong>)completion!).TrySetCanceled(token), _completion);
        return await _completion.Task;
    }

    public void Succeed(ulong applied) => _completion.TrySetResult(applied);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
