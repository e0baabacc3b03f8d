namespace Kube.RaftStore.Apply;

/// <summary>
/// The deterministic state machine that committed log entries drive. Two machines that have applied
/// the same entries in the same order hold the same state, byte for byte.
/// </summary>
/// <remarks>
/// One thread at a time calls <see cref="Apply"/>, <see cref="CaptureSnapshot"/> and <see cref="Restore"/>;
/// reads of the state may run beside it. It draws no time and no randomness: whatever an entry needs of either
/// was put into the entry by the member that proposed it.
/// </remarks>
public interface IStateMachine
{
    /// <summary>Index of the last entry applied; 0 before the first.</summary>
    ulong AppliedIndex { get; }

    /// <summary>
    /// Applies one committed entry. Entries come in log order without gaps; an entry at or below
    /// <see cref="AppliedIndex"/> is a fault of the caller.
    /// </summary>
    /// <param name="index">The entry's log index.</param>
    /// <param name="term">The entry's term.</param>
    /// <param name="command">The proposed bytes; empty for a leader's no-op entry, which only moves the index.
    /// Valid only during the call.</param>
    /// <returns>What the proposer is answered with. A request that the state refuses (an etcd error)
    /// is an answer too, never an exception: an exception here stops the member.</returns>
    object? Apply(ulong index, ulong term, ReadOnlyMemory<byte> command);

    /// <summary>Takes a view of the state at <see cref="AppliedIndex"/> that later entries do not change.</summary>
    IStateSnapshot CaptureSnapshot();

    /// <summary>Replaces the whole state by one that <see cref="IStateSnapshot.WriteTo"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a sound snapshot; the state is as before.</exception>
    void Restore(Stream source);
}

/// <summary>A view of the state at one index, to be written out while newer entries are applied. Dispose it when done.</summary>
public interface IStateSnapshot : IDisposable
{
    /// <summary>The index of the last entry that the view includes.</summary>
    ulong Index { get; }

    /// <summary>
    /// Writes the state, begun by a format version and ended by a checksum. To a destination that is an <see cref="Mvcc.IValueReferenceSink"/>
    /// values are written as the places where they lie; they are durable there when this returns. May run on any thread.
    /// </summary>
    void WriteTo(Stream destination, CancellationToken cancellationToken);
}
