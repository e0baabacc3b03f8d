using System.IO.Compression;
using Kube.Kubelet.Disks;

namespace Kube.Kubelet.Logs;

/// <summary>
/// A container's log as one who follows it reads it: the file at the path, then each file that took its place there, in order, be it rotated or
/// compressed meanwhile. What is rotated away for good before it is read is lost, as is what a file's last line lacks when its writer dies.
/// </summary>
internal sealed class LogSequence : IAsyncDisposable
{
    private const int BeginningBytes = 256;

    private readonly string _path;
    private FileReading _identity;

    /// <summary>Rotated logs up to this name, compressed or not, come no later than the current one.</summary>
    private string _passed = "";

    /// <summary>The current log is the one that <see cref="_passed"/> names; else it was opened at the log's path, and has a name only once it is rotated.</summary>
    private bool _named;

    /// <exception cref="FileNotFoundException">There is no log.</exception>
    public LogSequence(string path)
    {
        _path = path;
        // No rotation between the two looks: the file is the one that comes after what is passed.
        do
        {
            Current?.Dispose();
            _passed = LastRotated();
            Current = Open(path);
        }
        while (LastRotated() != _passed);
        _identity = FileSystems.ReadFile(((FileStream)Current).SafeFileHandle);
    }

    /// <summary>The log to read now; still written to while nothing comes after it, and for a moment longer.</summary>
    public Stream Current { get; private set; }

    /// <summary>Whether another file has the log's place.</summary>
    public bool HasNext => _named
        ? File.Exists(Next())
        : FileSystems.ReadFile(_path) is { } now && (now.Inode, now.Device) != (_identity.Inode, _identity.Device);

    /// <summary>Goes on to the next file. False when the files are just being moved: they are to be looked at again.</summary>
    public async ValueTask<bool> TryMoveNextAsync()
    {
        string next = Next();
        FileStream file;
        try
        {
            file = Open(next);
        }
        catch (FileNotFoundException)
        {
            return false;
        }

        bool named = next != _path;
        if (!named && Next() != next)
        {
            // Rotated after the first look: what was opened may be a later one.
            await file.DisposeAsync();
            return false;
        }

        await Current.DisposeAsync();
        _identity = FileSystems.ReadFile(file.SafeFileHandle);
        _named = named;
        _passed = named ? Name(next) : _passed;
        Current = next.EndsWith(LogFiles.Compressed, StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return true;
    }

    public ValueTask DisposeAsync() => Current.DisposeAsync();

    private string Next()
    {
        List<string> later = [.. LogFiles.Rotated(_path).Where(f => string.CompareOrdinal(Name(f), _passed) > 0)];
        if (!_named && later.Count > 0 && IsCurrent(later[0]))
        {
            (_named, _passed) = (true, Name(later[0]));
            later.RemoveAt(0);
        }

        return later.Count > 0 ? later[0] : _path;
    }

    /// <summary>Whether a rotated log is the one that is open; a compressed copy begins as it does, and no two logs begin with the same time.</summary>
    private bool IsCurrent(string rotated)
    {
        if (FileSystems.ReadFile(rotated) is { } found && (found.Inode, found.Device) == (_identity.Inode, _identity.Device))
        {
            return true;
        }

        try
        {
            using FileStream file = Open(rotated);
            using Stream content = rotated.EndsWith(LogFiles.Compressed, StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            byte[] theirs = new byte[BeginningBytes];
            byte[] ours = new byte[BeginningBytes];
            int length = content.ReadAtLeast(theirs, BeginningBytes, throwOnEndOfStream: false);
            return theirs.AsSpan(0, length).SequenceEqual(ours.AsSpan(0, RandomAccess.Read(((FileStream)Current).SafeFileHandle, ours, 0)));
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private string LastRotated() => LogFiles.Rotated(_path) is [.., string last] ? Name(last) : "";

    private static string Name(string rotated) =>
        rotated.EndsWith(LogFiles.Compressed, StringComparison.Ordinal) ? rotated[..^LogFiles.Compressed.Length] : rotated;

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
}
