using System.Security.Cryptography;
using Kube.Hosting;
using Kube.RaftStore.Apply.Exchange;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Host;

/// <summary>
/// Makes a member's data directory from a snapshot file, of an etcd or of the store. Every member of the new cluster
/// restores the same file, with the same initial cluster and its own name.
/// </summary>
public static class SnapshotRestore
{
    /// <summary>etcd takes a file for one with a checksum behind it by its length: databases are whole disk sectors.</summary>
    private const int SectorBytes = 512;

    /// <summary>The state stands for this entry of the new log, behind the one that names the members.</summary>
    private const ulong Index = 2;
    private const ulong Term = 1;

    /// <summary>Restores a snapshot.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="options">The new member: name, data directory, peer URLs, initial cluster and token.</param>
    /// <param name="skipHashCheck">Takes a file without checksum, such as one copied out of an etcd's data directory.</param>
    /// <param name="cancellationToken">Gives it up; what was written is removed.</param>
    /// <exception cref="StartupException">Something that a person can mend stands in the way.</exception>
    public static EtcdSnapshotSummary Run(string file, StoreOptions options, bool skipHashCheck, CancellationToken cancellationToken)
    {
        var identity = ClusterIdentity.Of(options);
        if (Directory.Exists(options.DataDir) && Directory.EnumerateFileSystemEntries(options.DataDir).Any())
        {
            throw new StartupException($"data-dir \"{options.DataDir}\" not empty or could not be read");
        }
        try
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10);
            var sizeBytes = Check(source, file, skipHashCheck);
            return Restore(new EtcdSnapshotReader(source, sizeBytes), identity, options.DataDir, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new StartupException($"{file} is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageFullException or DataDirectoryException)
        {
            throw new StartupException($"cannot restore {file} to {options.DataDir}: {e.Message}", e);
        }
    }

    private static EtcdSnapshotSummary Restore(
        EtcdSnapshotReader source, ClusterIdentity identity, string dataDir, CancellationToken cancellationToken)
    {
        var members = new ConfState([.. identity.Members.Select(static member => member.Id)]);
        var isDone = false;
        try
        {
            using var storage = FasterLogStorage.Open(new FasterLogStorageOptions
            {
                Directory = dataDir,
                Identity = new DataIdentity(identity.ClusterId, identity.MemberId),
                Bootstrap = members,
            });
            var snapshot = new SnapshotMetadata(Index, Term, members);
            EtcdSnapshotSummary summary;
            using (var writer = storage.Snapshots.Create(snapshot))
            {
                summary = source.ConvertTo(
                    writer.State, Index, identity.Members.Select(static member => (member.Id, member.Name, member.PeerUrls)), cancellationToken);
                writer.Commit();
            }
            storage.Install(snapshot, new HardState(Term, Vote: 0, Commit: Index));
            // It holds what every other restored member holds, so it may vote at once.
            storage.MarkProven();
            isDone = true;
            return summary;
        }
        finally
        {
            if (!isDone && Directory.Exists(dataDir))
            {
                Directory.Delete(dataDir, recursive: true);
            }
        }
    }

    /// <returns>Length of the database in the file.</returns>
    private static long Check(FileStream source, string file, bool skipHashCheck)
    {
        var hasHash = source.Length % SectorBytes == SHA256.HashSizeInBytes;
        var sizeBytes = hasHash ? source.Length - SHA256.HashSizeInBytes : source.Length;
        if (skipHashCheck)
        {
            return sizeBytes;
        }
        if (!hasHash)
        {
            throw new StartupException($"{file}: snapshot missing hash but --skip-hash-check=false");
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 << 10];
        for (var left = sizeBytes; left > 0;)
        {
            var read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        var expected = new byte[SHA256.HashSizeInBytes];
        source.ReadExactly(expected);
        var actual = hash.GetHashAndReset();
        return actual.AsSpan().SequenceEqual(expected)
            ? sizeBytes
            : throw new StartupException($"{file}: expected sha256 {Convert.ToHexStringLower(expected)}, got {Convert.ToHexStringLower(actual)}");
    }
}
