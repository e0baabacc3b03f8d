using Kube.Base;
using Kube.RaftStore.Mvcc;
using Microsoft.Win32.SafeHandles;

namespace Kube.RaftStore.Storage.Device;

/// <summary>
/// Values on disk: files that are filled one after the other in a directory of their own. Room that is freed goes back to the file system, as a
/// hole; a file goes when all of it is free.
/// </summary>
/// <remarks>
/// A place is the file's number and the offset in it; no number is given twice while a snapshot refers to a file. A start keeps what the newest
/// snapshot refers to (<see cref="Recover"/>), goes on in a new file, and gives up all else: the log still has it.
/// </remarks>
internal sealed partial class ValueFiles : IValueFile, IDisposable
{
    private const int OffsetBits = 40;
    private const string Prefix = "values.";

    /// <summary>How much room counts as room again.</summary>
    private const long ProbeBytes = 16 << 20;

    /// <summary>Written back at a time before a sync: syncs of the log do not wait behind more.</summary>
    private const long WriteBackBytes = 8 << 20;

    private readonly string _directory;
    private readonly long _fileBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, FileState> _files = [];
    private int _last = -1;
    private bool _isFull;
    private bool _hasNewNames;
    private Exception? _damage;

    /// <param name="directory">Where the files are.</param>
    /// <param name="fileBytes">How large a file grows before the next one is begun.</param>
    public ValueFiles(string directory, long fileBytes = 256L << 20)
    {
        _directory = directory;
        _fileBytes = fileBytes;
    }

    /// <summary>Which snapshots keep freed pieces.</summary>
    public ValueHolds Holds { get; } = new();

    /// <summary>Bytes appended and not given back.</summary>
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
        var path = ProbePath;
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
            _files.TryGetValue(NumberOf(place), out file);
        }
        if (file is null)
        {
            throw new StorageFaultException($"the values at {place} are in no file");
        }
        var offset = OffsetOf(place);
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
    public void Free(long place, int lengthBytes) => Holds.Free(place, lengthBytes);

    /// <inheritdoc/>
    /// <exception cref="StorageFaultException">The disk failed.</exception>
    /// <exception cref="StorageCorruptException">Somebody has read what is not what was written.</exception>
    public bool GiveBack()
    {
        if (Volatile.Read(ref _damage) is { } damage)
        {
            throw damage;
        }
        if (!Holds.TryTakeFreed(out var place, out var lengthBytes))
        {
            return false;
        }
        var number = NumberOf(place);
        lock (_lock)
        {
            var file = _files[number];
            file.LiveBytes -= lengthBytes;
            Invariant.Check(file.LiveBytes >= 0, $"more of {PathOf(number)} is freed than there was");
            if (file.LiveBytes == 0 && (number != _last || file.EndBytes >= _fileBytes))
            {
                Remove(file);
            }
            else
            {
                // Where the file system knows no holes, the room comes back with the whole file.
                NativeFile.Punch(file.Handle, PathOf(number), OffsetOf(place), lengthBytes);
            }
        }
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageFaultException">The disk failed.</exception>
    public void Sync()
    {
        List<(FileState File, long EndBytes)> dirty;
        bool hasNewNames;
        lock (_lock)
        {
            dirty = [.. _files.Values.Where(static file => file.SyncedBytes < file.EndBytes).Select(static file => (file, file.EndBytes))];
            (hasNewNames, _hasNewNames) = (_hasNewNames, false);
        }
        foreach (var (file, endBytes) in dirty)
        {
            Sync(file, endBytes);
        }
        if (hasNewNames)
        {
            NativeFile.SyncDirectory(_directory);
        }
    }

    /// <inheritdoc/>
    public Exception Damaged(long place, string problem)
    {
        var damage = new StorageCorruptException(PathOf(NumberOf(place)), OffsetOf(place), problem);
        Interlocked.CompareExchange(ref _damage, damage, null);
        return damage;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var file in _files.Values)
            {
                file.Handle.Dispose();
            }
            _files.Clear();
        }
    }

    private void Sync(FileState file, long endBytes)
    {
        var held = false;
        lock (_lock)
        {
            if (!_files.ContainsKey(file.Number))
            {
                // All of it was given back meanwhile: nobody refers to it.
                return;
            }
            // One that is removed while it is synced stays open until it is.
            file.Handle.DangerousAddRef(ref held);
        }
        try
        {
            var path = PathOf(file.Number);
            for (var at = file.SyncedBytes; at < endBytes; at += WriteBackBytes)
            {
                NativeFile.WriteBack(file.Handle, path, at, Math.Min(WriteBackBytes, endBytes - at));
            }
            NativeFile.SyncData(file.Handle, path);
        }
        finally
        {
            if (held)
            {
                file.Handle.DangerousRelease();
            }
        }
        lock (_lock)
        {
            file.SyncedBytes = Math.Max(file.SyncedBytes, endBytes);
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
        _hasNewNames = true;
        return true;
    }

    private void Remove(FileState file)
    {
        _files.Remove(file.Number);
        file.Handle.Dispose();
        File.Delete(PathOf(file.Number));
    }

    private string ProbePath => Path.Combine(_directory, "probe");

    private static int NumberOf(long place) => (int)(place >> OffsetBits);

    private static long OffsetOf(long place) => place & ((1L << OffsetBits) - 1);

    private string PathOf(int number) => Path.Combine(_directory, $"{Prefix}{number:D10}");

    private sealed class FileState(int number, SafeFileHandle handle)
    {
        public int Number => number;

        public SafeFileHandle Handle => handle;

        public long EndBytes { get; set; }

        public long LiveBytes { get; set; }

        /// <summary>What is durable, from the beginning on.</summary>
        public long SyncedBytes { get; set; }
    }
}
