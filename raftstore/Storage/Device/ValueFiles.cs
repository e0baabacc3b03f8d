using System.Runtime.InteropServices;
using Kube.Base;
using Kube.RaftStore.Mvcc;
using Microsoft.Win32.SafeHandles;

namespace Kube.RaftStore.Storage.Device;

/// <summary>
/// Values on disk for want of memory: files that are filled one after the other in a directory of their own. Room that is freed goes back to
/// the file system at once, as a hole; a file goes when all of it is free.
/// </summary>
/// <remarks>
/// Nothing here outlives the process: a start empties the directory. Nothing is synced: what a crash takes, snapshot and log still have.
/// A place is the file's number and the offset in it.
/// </remarks>
internal sealed class ValueFiles : IValueFile, IDisposable
{
    private const int OffsetBits = 40;
    private const string Prefix = "values.";

    /// <summary>How much room counts as room again.</summary>
    private const long ProbeBytes = 16 << 20;

    private readonly string _directory;
    private readonly long _fileBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, FileState> _files = [];
    private int _last = -1;
    private bool _isFull;

    /// <param name="directory">Made if it is missing; what an earlier process left in it is removed.</param>
    /// <param name="fileBytes">How large a file grows before the next one is begun.</param>
    public ValueFiles(string directory, long fileBytes = 256L << 20)
    {
        _directory = directory;
        _fileBytes = fileBytes;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        RemoveAll();
    }

    /// <summary>Bytes appended and not freed.</summary>
    public long LiveBytes
    {
        get
        {
            lock (_lock)
            {
                return _files.Values.Sum(static file => file.LiveBytes);
            }
        }
    }

    /// <summary>True while the last try to write found no room.</summary>
    public bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Bytes written so far.</summary>
    public long WrittenBytes { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="StorageFaultException">The disk failed otherwise than by being full.</exception>
    public bool TryAppend(ReadOnlySpan<byte> bytes, out long place)
    {
        var appended = TryWrite(bytes, out place);
        Volatile.Write(ref _isFull, !appended);
        return appended;
    }

    /// <summary>Looks whether there is room again, where there was none.</summary>
    public void Retry()
    {
        if (!IsFull)
        {
            return;
        }
        var path = Path.Combine(_directory, "probe");
        try
        {
            using (var probe = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                NativeFile.Allocate(probe, path, ProbeBytes);
            }
            Volatile.Write(ref _isFull, false);
        }
        catch (StorageFullException)
        {
            // Still none.
        }
        catch (IOException e) when (NativeFile.IsFull(e))
        {
            // Not even for a name.
        }
        finally
        {
            File.Delete(path);
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes, out long place)
    {
        place = 0;
        FileState file;
        lock (_lock)
        {
            if (!_files.TryGetValue(_last, out file!) || file.EndBytes >= _fileBytes)
            {
                if (!TryBegin(out file))
                {
                    return false;
                }
            }
        }
        var offset = file.EndBytes;
        try
        {
            // Blocks first: a write that finds no room half way would leave a file that says nothing of it.
            NativeFile.Allocate(file.Handle, PathOf(file.Number), offset, bytes.Length);
            RandomAccess.Write(file.Handle, bytes, offset);
        }
        catch (StorageFullException)
        {
            return false;
        }
        catch (IOException e)
        {
            throw new StorageFaultException($"write to {PathOf(file.Number)} failed: {e.Message}", e);
        }
        lock (_lock)
        {
            file.EndBytes += bytes.Length;
            file.LiveBytes += bytes.Length;
            WrittenBytes += bytes.Length;
        }
        place = ((long)file.Number << OffsetBits) | offset;
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageFaultException">The disk failed.</exception>
    public void Read(long place, Span<byte> into)
    {
        FileState? file;
        lock (_lock)
        {
            _files.TryGetValue((int)(place >> OffsetBits), out file);
        }
        if (file is null)
        {
            throw new StorageFaultException($"the values at {place} are in no file");
        }
        var offset = place & ((1L << OffsetBits) - 1);
        try
        {
            for (var done = 0; done < into.Length;)
            {
                var count = RandomAccess.Read(file.Handle, into[done..], offset + done);
                done += count > 0 ? count : throw new StorageFaultException($"{PathOf(file.Number)} ends before {offset + into.Length}");
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new StorageFaultException($"read of {PathOf(file.Number)} failed: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Free(long place, int lengthBytes)
    {
        var number = (int)(place >> OffsetBits);
        lock (_lock)
        {
            var file = _files[number];
            file.LiveBytes -= lengthBytes;
            Invariant.Check(file.LiveBytes >= 0, $"more of {PathOf(number)} is freed than there was");
            if (file.LiveBytes == 0 && (number != _last || file.EndBytes >= _fileBytes))
            {
                Remove(file);
                return;
            }
            // Where the file system knows no holes, the room comes back with the whole file.
            NativeFile.Punch(file.Handle, PathOf(number), place & ((1L << OffsetBits) - 1), lengthBytes);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var file in _files.Values.ToList())
            {
                Remove(file);
            }
        }
    }

    private bool TryBegin(out FileState file)
    {
        if (_files.TryGetValue(_last, out var full) && full.LiveBytes == 0)
        {
            Remove(full);
        }
        try
        {
            var handle = File.OpenHandle(PathOf(_last + 1), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            file = new FileState(++_last, handle);
        }
        catch (IOException e) when (NativeFile.IsFull(e))
        {
            file = null!;
            return false;
        }
        _files.Add(file.Number, file);
        return true;
    }

    private void Remove(FileState file)
    {
        _files.Remove(file.Number);
        file.Handle.Dispose();
        File.Delete(PathOf(file.Number));
    }

    private void RemoveAll()
    {
        foreach (var left in Directory.EnumerateFiles(_directory, Prefix + "*"))
        {
            File.Delete(left);
        }
    }

    private string PathOf(int number) => Path.Combine(_directory, $"{Prefix}{number:D10}");

    private sealed class FileState(int number, SafeFileHandle handle)
    {
        public int Number => number;

        public SafeFileHandle Handle => handle;

        public long EndBytes { get; set; }

        public long LiveBytes { get; set; }
    }
}
