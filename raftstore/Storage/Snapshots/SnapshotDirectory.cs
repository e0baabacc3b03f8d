using System.Globalization;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage.Device;

namespace Kube.RaftStore.Storage.Snapshots;

/// <summary>
/// Snapshot files, named by term and index. A file gets its final name only when it is complete and durable; the newest
/// one counts. Each file that refers to values holds the places of its values, and so does who reads it to send it.
/// </summary>
internal sealed class SnapshotDirectory(string path, ValueFiles values) : ISnapshotStore
{
    private const string Suffix = ".snap";
    private const string Writing = ".writing";
    private const string Receiving = ".receiving";
    private const string Received = ".received";
    private readonly Lock _lock = new();

    /// <summary>What each file in place holds of <see cref="ValueFiles.Holds"/>. Those that refer to nothing are not there.</summary>
    private readonly Dictionary<string, long> _holds = [];

    public ISnapshotWriter Create(SnapshotMetadata snapshot)
    {
        var file = PathOf(snapshot);
        var hold = values.Holds.Begin();
        try
        {
            return new SnapshotFileWriter(file, Writing, snapshot, hasState: true, inPlace => EndWriting(file, hold, inPlace));
        }
        catch
        {
            values.Holds.Release(hold);
            throw;
        }
    }

    public Stream OpenState(SnapshotMetadata snapshot) => SnapshotFile.OpenState(PathOf(snapshot), snapshot, values);

    public Stream? OpenToSend(SnapshotMetadata snapshot)
    {
        var file = PathOf(snapshot);
        // Under the lock the file is not removed, so what it refers to is held until the reader holds it too.
        lock (_lock)
        {
            var isHeld = _holds.TryGetValue(file, out var hold);
            if (isHeld)
            {
                values.Holds.Hold(hold);
            }

            try
            {
                return SnapshotFile.OpenToSend(file, snapshot, values, isHeld ? () => values.Holds.Release(hold) : static () => { });
            }
            catch (Exception e)
            {
                if (isHeld)
                {
                    values.Holds.Release(hold);
                }

                if (e is FileNotFoundException)
                {
                    return null;
                }

                throw;
            }
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

        lock (_lock)
        {
            File.Move(target + Received, target, overwrite: true);
            NativeFile.SyncDirectory(path);
            ReleaseHold(target);
        }
    }

    public void WriteBootstrap(SnapshotMetadata snapshot)
    {
        using var writer = new SnapshotFileWriter(PathOf(snapshot), Writing, snapshot, hasState: false, static _ => { });
        writer.Commit();
    }

    /// <summary>Whether a snapshot has a state that can be sent: the membership alone that a cluster began with has none.</summary>
    public bool HasState(SnapshotMetadata snapshot) => snapshot.Index > 1;

    /// <summary>
    /// The newest snapshot in place. Left-overs of unfinished and of older ones are removed, and of values to which it does not refer.
    /// </summary>
    /// <exception cref="StorageCorruptException">There is none, it is damaged, or values it refers to are not there.</exception>
    public SnapshotMetadata Recover()
    {
        var snapshot = FindLatest();
        var file = PathOf(snapshot);
        var pieces = SnapshotFile.PiecesOf(file, snapshot);
        values.Recover(pieces);
        if (pieces.Count > 0)
        {
            _holds.Add(file, values.Holds.Begin());
        }

        RemoveOlderThan(snapshot);
        return snapshot;
    }

    private SnapshotMetadata FindLatest()
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

    /// <summary>Reads every snapshot to its end, and every value to which the newest one refers; the newest one.</summary>
    /// <exception cref="StorageCorruptException">One is not sound, or there is none.</exception>
    public SnapshotMetadata VerifyAll()
    {
        SnapshotMetadata? newest = null;
        foreach (var name in Directory.EnumerateFiles(path, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            using (var file = File.OpenRead(name))
            {
                newest = SnapshotHead.Read(file, name).Snapshot;
            }

            // Values of an older one may be gone: it only waits to be removed.
            SnapshotFile.VerifyWithoutValues(name, newest);
        }

        if (newest is null)
        {
            throw new StorageCorruptException(path, 0, "there is no snapshot, not even the first");
        }

        values.OpenToRead(SnapshotFile.PiecesOf(PathOf(newest), newest));
        using var state = SnapshotFile.OpenState(PathOf(newest), newest, values);
        state.CopyTo(Stream.Null);
        return newest;
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
                    ReleaseHold(file);
                }
            }

            foreach (var file in Directory.EnumerateFiles(path, "*" + Received).Where(f => string.CompareOrdinal(f, newest) < 0))
            {
                File.Delete(file);
            }
        }
    }

    private void EndWriting(string file, long hold, bool inPlace)
    {
        lock (_lock)
        {
            if (!inPlace)
            {
                values.Holds.Release(hold);
                return;
            }

            ReleaseHold(file);
            _holds.Add(file, hold);
        }
    }

    private void ReleaseHold(string file)
    {
        if (_holds.Remove(file, out var hold))
        {
            values.Holds.Release(hold);
        }
    }

    // Index first: a later snapshot has a higher index, whatever its term, and sorts behind.
    private string PathOf(SnapshotMetadata snapshot) => Path.Combine(
        path, string.Create(CultureInfo.InvariantCulture, $"{snapshot.Index:x16}-{snapshot.Term:x16}{Suffix}"));
}
