namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Room on disk for values: for those that memory has no room for, and for those that a snapshot refers to instead of holding them.
/// What is written is never changed. One thread at a time appends and frees; any thread reads and syncs.
/// </summary>
/// <remarks>
/// What is appended in one call is a piece. It lies there at least for as long as it is not freed, and from the sync after it for as long as a
/// snapshot that was written since is kept, across restarts.
/// </remarks>
public interface IValueFile
{
    /// <summary>Appends a piece.</summary>
    /// <param name="bytes">What to write.</param>
    /// <param name="place">Where it is. A place is never given twice.</param>
    /// <returns>False when there is no room on the disk: nothing was written. Whoever is asked to write more must know too.</returns>
    bool TryAppend(ReadOnlySpan<byte> bytes, out long place);

    /// <summary>Reads bytes of a piece; throws where they cannot be read. After it was given back neither means anything.</summary>
    void Read(long place, Span<byte> into);

    /// <summary>Says that no page is in a piece any more. Its room goes back once no snapshot can refer to it either.</summary>
    void Free(long place, int lengthBytes);

    /// <summary>Gives the room of one freed piece back to the file system. Throws what <see cref="Damaged"/> has told before.</summary>
    /// <returns>True when it did: there may be more.</returns>
    bool GiveBack();

    /// <summary>Makes durable what was appended before the call.</summary>
    void Sync();

    /// <summary>What to throw when bytes read are not those that were written. Whoever owns the file stops then.</summary>
    Exception Damaged(long place, string problem);
}
