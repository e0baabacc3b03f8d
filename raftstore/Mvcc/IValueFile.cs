namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Room on disk for values that memory has none for. What lies there is needed until the process ends only: a start
/// makes the values anew from snapshot and log. One thread at a time appends and frees; any thread reads.
/// </summary>
public interface IValueFile
{
    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">What to write.</param>
    /// <param name="place">Where they are.</param>
    /// <returns>False when there is no room on the disk: nothing was written. Whoever is asked to write more must know too.</returns>
    bool TryAppend(ReadOnlySpan<byte> bytes, out long place);

    /// <summary>Reads bytes that were appended; throws where they cannot be read. After they were freed neither means anything.</summary>
    void Read(long place, Span<byte> into);

    /// <summary>Gives room back to the file system.</summary>
    void Free(long place, int lengthBytes);
}
