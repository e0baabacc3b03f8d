namespace Kube.RaftStore.Storage;

/// <summary>There is no room on the disk. Nothing was written and nothing is lost.</summary>
public sealed class StorageFullException(string message) : Exception(message);

/// <summary>The device failed: what is durable is known only after the next recovery.</summary>
public sealed class StorageFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What is on disk is not what was written there. The member must not go on with it.</summary>
public sealed class StorageCorruptException(string file, long offsetBytes, string problem)
    : Exception($"{file}, offset {offsetBytes}: {problem}")
{
    public string File { get; } = file;

    public long OffsetBytes { get; } = offsetBytes;
}

/// <summary>The data directory belongs to another member, cluster or format, or to a running process.</summary>
public sealed class DataDirectoryException(string message) : Exception(message);
