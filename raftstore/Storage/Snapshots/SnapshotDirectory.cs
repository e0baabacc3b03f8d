using System.Globalization;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// Snapshot files, named by term and index. A file gets its final name only when it is complete and durable; the newest
/// one counts.
/// </summary>
internal sealed class SnapshotDirectory(string path) : ISnapshotStore
{
    private const string Suffix = ".snap";
    private const string Writing = ".writing";
    private const string Receiving = ".receiving";
    private const string Received = ".received";
    private readonly Lock _lock = new();

    public ISnapshotWriter Create(SnapshotMetadata snapshot) => new SnapshotFileWriter(PathOf(snapshot), Writing, snapshot, hasState: true);

    public Stream OpenState(SnapshotMetadata snapshot) => SnapshotFile.OpenState(PathOf(snapshot), snapshot);

    public Stream? OpenToSend(SnapshotMetadata snapshot)
    {
        try
        {
            return new FileStream(PathOf(snapshot), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public IReceivedSnapshot Receive(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            // Only the newest reception is worth its space.
            foreach (var file in Directory.EnumerateFiles(path, "*" + Receiving).Where(f => f != PathOf(snapshot) + Receiving))
            {
                File.Delete(file);
            }
        }

        return new SnapshotReceiver(PathOf(snapshot) + Receiving, PathOf(snapshot) + Received, snapshot);
    }

    /// <summary>Gives a received snapshot its final name.</summary>
    public void PutReceivedInPlace(SnapshotMetadata snapshot)
    {
        var target = PathOf(snapshot);
        if (!File.Exists(target + Received) && File.Exists(target))
        {
            return;
        }

        File.Move(target + Received, target, overwrite: true);
        NativeFile.SyncDirectory(path);
    }

    public void WriteBootstrap(SnapshotMetadata snapshot)
    {
        using var writer = new SnapshotFileWriter(PathOf(snapshot), Writing, snapshot, hasState: false);
        writer.Commit();
    }

    /// <summary>Whether a snapshot has a state that can be sent: the membership alone that a cluster began with has none.</summary>
    public bool HasState(SnapshotMetadata snapshot) => snapshot.Index > 1;

    /// <summary>The newest snapshot in place; left-overs of unfinished ones are removed.</summary>
    /// <exception cref="StorageCorruptException">There is none, or its head is damaged.</exception>
    public SnapshotMetadata FindLatest()
    {
        foreach (var left in Directory.EnumerateFiles(path).Where(f => !f.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            if (!left.EndsWith(Receiving, StringComparison.Ordinal))
            {
                File.Delete(left);
            }
        }

        var newest = Directory.EnumerateFiles(path, "*" + Suffix).Max(StringComparer.Ordinal)
            ?? throw new StorageCorruptException(path, 0, "there is no snapshot, not even the first");
        using var file = File.OpenRead(newest);
        var (snapshot, _) = SnapshotHead.Read(file, newest);
        if (PathOf(snapshot) != newest)
        {
            throw new StorageCorruptException(newest, 20, $"holds the snapshot of term {snapshot.Term} index {snapshot.Index}");
        }

        return snapshot;
    }

    /// <summary>Reads every snapshot to its end; the newest one.</summary>
    /// <exception cref="StorageCorruptException">One is not sound, or there is none.</exception>
    public SnapshotMetadata VerifyAll()
    {
        SnapshotMetadata? newest = null;
        foreach (var name in Directory.EnumerateFiles(path, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(name);
            newest = SnapshotHead.Read(file, name).Snapshot;
            SnapshotFile.Verify(file, name, newest);
        }

        return newest ?? throw new StorageCorruptException(path, 0, "there is no snapshot, not even the first");
    }

    public void RemoveOlderThan(SnapshotMetadata snapshot)
    {
        lock (_lock)
        {
            var newest = PathOf(snapshot);
            foreach (var file in Directory.EnumerateFiles(path, "*" + Suffix))
            {
                if (string.CompareOrdinal(file, newest) < 0)
                {
                    File.Delete(file);
                }
            }

            foreach (var file in Directory.EnumerateFiles(path, "*" + Received).Where(f => string.CompareOrdinal(f, newest) < 0))
            {
                File.Delete(file);
            }
        }
    }

    // Index first: a later snapshot has a higher index, whatever its term, and sorts behind.
    private string PathOf(SnapshotMetadata snapshot) => Path.Combine(
        path, string.Create(CultureInfo.InvariantCulture, $"{snapshot.Index:x16}-{snapshot.Term:x16}{Suffix}"));
}
