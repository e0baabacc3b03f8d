using System.Globalization;
using Kube.RaftStore.Storage.Device;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Storage;

/// <summary>Whose data a directory holds.</summary>
/// <param name="ClusterId">The cluster, not 0.</param>
/// <param name="MemberId">The member, not 0.</param>
public readonly record struct DataIdentity(ulong ClusterId, ulong MemberId);

/// <summary>
/// The directory of one member: <c>identity</c>, <c>log/</c>, <c>snap/</c> and <c>values/</c>. Held under an exclusive lock.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    public const int FormatVersion = 1;
    private const string IdentityName = "identity";
    private const string UnprovenName = "unproven";
    private readonly FileStream _lock;
    private readonly string _path;
    private readonly string _identityText;

    private DataDirectory(string path, FileStream held, string identityText, bool isFresh)
    {
        _path = path;
        _lock = held;
        _identityText = identityText;
        IsFresh = isFresh;
    }

    /// <summary>True while there is no identity file: nothing in the directory counts yet.</summary>
    public bool IsFresh { get; private set; }

    public string LogPath => Path.Combine(_path, "log");

    /// <summary>Where values lie that memory has no room for, or that a snapshot refers to.</summary>
    public string ValuePath => Path.Combine(_path, "values");

    public string SnapshotPath => Path.Combine(_path, "snap");

    /// <summary>Whose data a directory holds; null for one that is missing or fresh. Takes no lock.</summary>
    /// <exception cref="DataDirectoryException">It is of no known format.</exception>
    public static DataIdentity? IdentityOf(string path)
    {
        var file = Path.Combine(path, IdentityName);
        return File.Exists(file) ? Parse(file).Identity : null;
    }

    /// <summary>Opens a directory of whatever identity, to look at it.</summary>
    /// <exception cref="DataDirectoryException">It is no data directory of a known format, or in use.</exception>
    public static DataDirectory OpenExisting(string path, out DataIdentity identity, out LogGeometry geometry)
    {
        var file = Path.Combine(path, IdentityName);
        if (!File.Exists(file))
        {
            throw new DataDirectoryException($"{path} is no data directory: it has no {IdentityName} file");
        }

        (identity, geometry) = Parse(file);
        var text = TextOf(identity, geometry);
        Compare(file, File.ReadAllText(file), text);
        return new DataDirectory(path, TakeLock(path), text, isFresh: false);
    }

    /// <summary>Opens a directory of this identity, or a fresh one.</summary>
    /// <exception cref="DataDirectoryException">It is not this member's, of another format, or in use.</exception>
    public static DataDirectory Open(string path, DataIdentity identity, LogGeometry geometry)
    {
        ArgumentOutOfRangeException.ThrowIfZero(identity.ClusterId);
        ArgumentOutOfRangeException.ThrowIfZero(identity.MemberId);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the log needs Linux' fallocate and fdatasync");
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = TakeLock(path);
        try
        {
            var text = TextOf(identity, geometry);
            var identityPath = Path.Combine(path, IdentityName);
            var isFresh = !File.Exists(identityPath);
            if (!isFresh)
            {
                Compare(identityPath, File.ReadAllText(identityPath), text);
            }

            var directory = new DataDirectory(path, held, text, isFresh);
            directory.Prepare();
            return directory;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public bool IsUnproven => File.Exists(Path.Combine(_path, UnprovenName));

    public void MarkProven()
    {
        File.Delete(Path.Combine(_path, UnprovenName));
        NativeFile.SyncDirectory(_path);
    }

    /// <summary>Writes the identity file: from now on the directory is this member's.</summary>
    public void MarkComplete()
    {
        File.Create(Path.Combine(_path, UnprovenName)).Dispose();
        var temporary = Path.Combine(_path, IdentityName + ".new");
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(_identityText));
            file.Flush();
            NativeFile.SyncAll(file.SafeFileHandle, temporary);
        }

        File.Move(temporary, Path.Combine(_path, IdentityName));
        NativeFile.SyncDirectory(_path);
        IsFresh = false;
    }

    public void Dispose() => _lock.Dispose();

    private static (DataIdentity Identity, LogGeometry Geometry) Parse(string file)
    {
        try
        {
            var values = File.ReadAllLines(file).Select(l => l.Split(' ')).Where(w => w.Length == 2).ToDictionary(w => w[0], w => w[1]);
            return (
                new DataIdentity(
                    ulong.Parse(values["cluster"], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    ulong.Parse(values["member"], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
                new LogGeometry(
                    int.Parse(values["page-bits"], CultureInfo.InvariantCulture), int.Parse(values["segment-bits"], CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new DataDirectoryException($"{file} is not of a known format: {e.Message}");
        }
    }

    private void Prepare()
    {
        if (IsFresh && (HasFiles(LogPath) || HasFiles(SnapshotPath)))
        {
            RemoveUnfinished();
        }

        Directory.CreateDirectory(LogPath);
        Directory.CreateDirectory(SnapshotPath);
        Directory.CreateDirectory(ValuePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        NativeFile.SyncDirectory(_path);
    }

    private static bool HasFiles(string path) => Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();

    /// <summary>Clears away what a first start left that ended before the identity was written. It holds no entry:
    /// segments are made only afterwards.</summary>
    private void RemoveUnfinished()
    {
        if (HasFiles(LogPath))
        {
            throw new DataDirectoryException($"{_path} holds a log but no {IdentityName} file: it was removed, or this is no data directory");
        }

        foreach (var file in Directory.EnumerateFiles(SnapshotPath))
        {
            File.Delete(file);
        }
    }

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataDirectoryException($"{path} is in use by another process: {e.Message}");
        }
    }

    private static string TextOf(DataIdentity identity, LogGeometry geometry) => string.Create(
        CultureInfo.InvariantCulture,
        $"format {FormatVersion}\ncluster {identity.ClusterId:x16}\nmember {identity.MemberId:x16}\npage-bits {geometry.PageBits}\nsegment-bits {geometry.SegmentBits}\n");

    private static void Compare(string path, string found, string wanted)
    {
        var lines = found.Split('\n');
        var expected = wanted.Split('\n');
        for (var i = 0; i < expected.Length; i++)
        {
            var line = i < lines.Length ? lines[i] : "";
            if (line != expected[i])
            {
                throw new DataDirectoryException($"{path} says '{line}' where this member has '{expected[i]}': the data is of another {expected[i].Split(' ')[0]}");
            }
        }
    }
}
