using System.Runtime.InteropServices;
using FASTER.core;
using Kube.Base;
using Microsoft.Win32.SafeHandles;

namespace Kube.RaftStore.Storage.Device;

/// <summary>
/// FasterLog's device: one file per segment, given all its blocks when it is made, written in place, and made durable
/// by <see cref="Sync"/> alone. Writes are done on the caller's thread before they return.
/// </summary>
/// <remarks>
/// FASTER's own Linux device opens its files O_SYNC and grows them on every write; each write then also journals the
/// file's new size. Here the size does not change between two segments. A failed write is kept as
/// <see cref="Fault"/> and told to FASTER as done: FASTER would wait for it for ever, and its log is not used again.
/// </remarks>
internal sealed class SegmentDevice : StorageDeviceBase
{
    public const uint SectorBytes = 512;
    private const string Prefix = "log.";

    private readonly string _directory;
    private readonly long _maxBytes;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, SafeFileHandle> _segments = [];
    private readonly SortedSet<int> _dirty = [];
    private StorageFaultException? _fault;

    public SegmentDevice(string directory, long segmentBytes, long maxBytes = long.MaxValue)
        : base(Path.Combine(directory, "log"), SectorBytes, Devices.CAPACITY_UNSPECIFIED)
    {
        _directory = directory;
        _maxBytes = maxBytes;
        segmentSize = segmentBytes;
        foreach (var number in ListSegments(directory))
        {
            _segments.Add(number, File.OpenHandle(PathOf(number), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }

        startSegment = _segments.Count > 0 ? _segments.Keys.First() : 0;
    }

    /// <summary>The first write or sync that failed, null while there was none.</summary>
    public StorageFaultException? Fault => Volatile.Read(ref _fault);

    /// <summary>The address behind the last segment.</summary>
    public long AllocatedUntil
    {
        get
        {
            lock (_lock)
            {
                return _segments.Count == 0 ? 0 : (_segments.Keys.Last() + 1L) * segmentSize;
            }
        }
    }

    public int FirstSegment
    {
        get
        {
            lock (_lock)
            {
                return _segments.Count == 0 ? 0 : _segments.Keys.First();
            }
        }
    }

    /// <summary>Data syncs done so far.</summary>
    public long SyncCount { get; private set; }

    /// <summary>Bytes written so far.</summary>
    public long WrittenBytes { get; private set; }

    public static IEnumerable<int> ListSegments(string directory) =>
        Directory.EnumerateFiles(directory, Prefix + "*")
            .Select(path => Path.GetFileName(path)[Prefix.Length..])
            .Where(name => name.Length == 10 && name.All(char.IsAsciiDigit))
            .Select(int.Parse)
            .Order();

    public string PathOf(int segment) => PathOf(_directory, segment);

    public static string PathOf(string directory, int segment) => Path.Combine(directory, $"{Prefix}{segment:D10}");

    /// <summary>Makes the next segment, durable by name and with all its blocks.</summary>
    /// <exception cref="StorageFullException">There is no room for it; nothing is left of it.</exception>
    public void AddSegment()
    {
        lock (_lock)
        {
            var number = _segments.Count == 0 ? startSegment : _segments.Keys.Last() + 1;
            var path = PathOf(number);
            if ((_segments.Count + 1) * segmentSize > _maxBytes)
            {
                throw new StorageFullException($"{path}: a further segment would exceed {_maxBytes} bytes of log");
            }

            var temporary = path + ".new";
            var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            try
            {
                NativeFile.Allocate(handle, path, segmentSize);
                NativeFile.SyncAll(handle, path);
                File.Move(temporary, path);
                NativeFile.SyncDirectory(_directory);
            }
            catch
            {
                handle.Dispose();
                File.Delete(temporary);
                throw;
            }

            _segments.Add(number, handle);
        }
    }

    /// <summary>Makes everything written so far durable.</summary>
    /// <exception cref="StorageFaultException">It is not, now or because of an earlier failure.</exception>
    public void Sync()
    {
        ThrowIfFaulted();
        try
        {
            lock (_lock)
            {
                foreach (var segment in _dirty)
                {
                    if (_segments.TryGetValue(segment, out var handle))
                    {
                        var begun = DiskMetrics.BeginSync();
                        NativeFile.SyncData(handle, PathOf(segment));
                        DiskMetrics.EndSync(begun);
                    }
                }

                _dirty.Clear();
                SyncCount++;
            }
        }
        catch (StorageFaultException e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
            throw;
        }
    }

    /// <summary>Makes every segment durable, whoever wrote it.</summary>
    public void SyncEverything()
    {
        lock (_lock)
        {
            _dirty.UnionWith(_segments.Keys);
        }

        Sync();
    }

    public void ThrowIfFaulted()
    {
        if (Fault is { } fault)
        {
            throw new StorageFaultException(fault.Message, fault);
        }
    }

    /// <summary>Reads at a log address; shorter only at the end of a segment.</summary>
    public int Read(long address, Span<byte> into)
    {
        var segment = (int)(address / segmentSize);
        SafeFileHandle? handle;
        lock (_lock)
        {
            _segments.TryGetValue(segment, out handle);
        }

        if (handle is null)
        {
            throw new StorageFaultException($"log address {address} lies in no segment");
        }

        var offset = address % segmentSize;
        var want = into[..(int)Math.Min(into.Length, segmentSize - offset)];
        var done = 0;
        while (done < want.Length)
        {
            var count = RandomAccess.Read(handle, want[done..], offset + done);
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    /// <summary>Writes zeros over [from, until), which lie in one segment.</summary>
    public void Zero(long from, long until)
    {
        var segment = (int)(from / segmentSize);
        var zeros = new byte[Math.Min(1 << 20, until - from)];
        lock (_lock)
        {
            for (var at = from; at < until; at += zeros.Length)
            {
                var count = (int)Math.Min(zeros.Length, until - at);
                RandomAccess.Write(_segments[segment], zeros.AsSpan(0, count), at % segmentSize);
            }

            _dirty.Add(segment);
        }
    }

    public override unsafe void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        try
        {
            SafeFileHandle handle;
            lock (_lock)
            {
                Invariant.Check(_segments.TryGetValue(segmentId, out var found), $"write to segment {segmentId} that was not made");
                handle = found;
                _dirty.Add(segmentId);
                WrittenBytes += numBytesToWrite;
            }

            RandomAccess.Write(handle, new ReadOnlySpan<byte>((void*)sourceAddress, (int)numBytesToWrite), (long)destinationAddress);
            DiskMetrics.OnWritten(numBytesToWrite);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, new StorageFaultException($"write to {PathOf(segmentId)} failed: {e.Message}", e), null);
        }

        callback(0, numBytesToWrite, context);
    }

    public override unsafe void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        var into = new Span<byte>((void*)destinationAddress, (int)readLength);
        uint error = 0;
        try
        {
            var count = Read((segmentId * segmentSize) + (long)sourceAddress, into);
            into[count..].Clear();
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, new StorageFaultException($"read of {PathOf(segmentId)} failed: {e.Message}", e), null);
            error = 1;
        }

        callback(error, readLength, context);
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result)
    {
        try
        {
            lock (_lock)
            {
                if (_segments.Remove(segment, out var handle))
                {
                    handle.Dispose();
                    _dirty.Remove(segment);
                    File.Delete(PathOf(segment));
                    NativeFile.SyncDirectory(_directory);
                }
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, new StorageFaultException($"removal of {PathOf(segment)} failed: {e.Message}", e), null);
        }

        callback(result);
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            foreach (var handle in _segments.Values)
            {
                handle.Dispose();
            }

            _segments.Clear();
        }
    }
}
