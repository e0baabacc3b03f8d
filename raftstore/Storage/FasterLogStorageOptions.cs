using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Storage;

/// <summary>How a <see cref="FasterLogStorage"/> is opened.</summary>
public sealed record FasterLogStorageOptions
{
    /// <summary>The member's own directory; made if it is missing.</summary>
    public required string Directory { get; init; }

    public required DataIdentity Identity { get; init; }

    /// <summary>The membership a fresh directory begins with; <see cref="ConfState.Empty"/> for a member that joins
    /// a running cluster. A directory in use has its own.</summary>
    public ConfState Bootstrap { get; init; } = ConfState.Empty;

    /// <summary>
    /// Entries kept in memory, in bytes; older ones are read from the log, many at a time. Followers that keep up and the
    /// state machine are a few hundred kilobytes behind at most.
    /// </summary>
    public long CacheBytes { get; init; } = 4L << 20;

    public LogGeometry Geometry { get; init; } = new();

    /// <summary>Most bytes of log segments; beyond, the disk counts as full.</summary>
    public long MaxLogBytes { get; init; } = long.MaxValue;
}
