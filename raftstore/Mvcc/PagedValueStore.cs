using Kube.Base;

namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Values in pages of a mebibyte, one behind the other. A page is written to a file once: when values take more memory than they may
/// and it was not read lately, or when a snapshot refers to a value in it. A page of which half is dropped is squeezed.
/// </summary>
/// <remarks>
/// The writer adds and drops. <see cref="Maintain"/> has a lock of its own, so moving a page makes neither the writer nor a reader
/// wait, but where the writer adds faster than pages can be moved: then it moves one itself for each it fills.
/// Nobody copies a value that lies in memory: readers share the page, which lives for as long as one of them holds it.
/// </remarks>
public sealed class PagedValueStore : IValueStore
{
    /// <summary>Bytes of a page.</summary>
    public const int DefaultPageBytes = 1 << 20;

    /// <summary>A value of more than this part of a page has a page to itself.</summary>
    private const int OwnPageDivisor = 4;

    /// <summary>Pages that may stay in memory in any case.</summary>
    private const int MinPages = 4;

    /// <summary>A value of fewer bytes is written out: naming its place would take as many.</summary>
    private const int DefaultMinReferredBytes = 32;

    /// <summary>How far above the limit pages may wait to be moved by someone other than the writer: this part of it.</summary>
    private const int SlackDivisor = 8;

    private readonly int _pageBytes;
    private readonly int _minReferredBytes;
    private readonly Dictionary<long, ValuePage> _adopted = [];
    private readonly Lock _upkeep = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<ValuePage> _resident = new();
    private readonly HashSet<ValuePage> _sparse = [];
    private ValuePage? _open;
    private IValueFile? _file;
    private long _limitBytes = long.MaxValue;
    private long _memoryBytes;

    public PagedValueStore()
        : this(DefaultPageBytes)
    {
    }

    internal PagedValueStore(int pageBytes, int minReferredBytes = DefaultMinReferredBytes)
    {
        _pageBytes = pageBytes;
        _minReferredBytes = minReferredBytes;
    }

    /// <summary>Bytes of memory that pages take.</summary>
    public long MemoryBytes => Interlocked.Read(ref _memoryBytes);

    /// <summary>Pages that are known, the one being filled apart: those in memory of which a value is left.</summary>
    internal int ResidentPages
    {
        get
        {
            lock (_gate)
            {
                return _resident.Count;
            }
        }
    }

    /// <summary>Has pages go to a file when they take more memory than this. Before any value is added.</summary>
    public void SpillTo(IValueFile file, long memoryBytes)
    {
        Invariant.Check(_open is null && _file is null, "values are there already");
        _file = file;
        _limitBytes = Math.Max(memoryBytes, MinPages * (long)_pageBytes);
    }

    /// <inheritdoc/>
    public ValueHandle Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return default;
        }
        var checksum = Crc32C.Of(value);
        if (value.Length > _pageBytes / OwnPageDivisor)
        {
            var own = NewPage(value.Length);
            var handle = new ValueHandle(own, own.Add(value), value.Length, checksum);
            Seal(own);
            return handle;
        }
        if (_open is null || _open.FreeBytes < value.Length)
        {
            var full = _open;
            _open = NewPage(_pageBytes);
            if (full is not null)
            {
                Seal(full);
            }
        }
        return new ValueHandle(_open, _open.Add(value), value.Length, checksum);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(in ValueHandle handle)
        => handle.Reference is ValuePage page ? page.Read(handle.Position, handle.Length, handle.Checksum, _file) : default;

    /// <inheritdoc/>
    public void Drop(in ValueHandle handle)
    {
        if (handle.Reference is not ValuePage page)
        {
            return;
        }
        page.Drop(handle.Position, handle.Length);
        if (page.IsSparse)
        {
            lock (_gate)
            {
                _sparse.Add(page);
            }
        }
    }

    /// <inheritdoc/>
    public bool Maintain()
    {
        lock (_upkeep)
        {
            if (_file is not null && _file.GiveBack())
            {
                return true;
            }
            if (TryTakeSparse(out var sparse))
            {
                return TryTidy(sparse);
            }
            return MemoryBytes > _limitBytes && SpillOne();
        }
    }

    /// <inheritdoc/>
    public bool HasReferences => _file is not null;

    /// <inheritdoc/>
    /// <remarks>The page that is being filled is not written: what is in it is better written out.</remarks>
    public bool TryRefer(in ValueHandle handle, out ValueReference reference)
    {
        reference = default;
        if (_file is null || handle.Reference is not ValuePage page || handle.Length < _minReferredBytes || !page.IsSealed)
        {
            return false;
        }
        if (page.TryRefer(handle, out reference))
        {
            return true;
        }
        lock (_upkeep)
        {
            if (page.IsInMemory)
            {
                var held = page.HeldBytes;
                page.TryStore(_file);
                Interlocked.Add(ref _memoryBytes, page.HeldBytes - held);
            }
        }
        return page.TryRefer(handle, out reference);
    }

    /// <inheritdoc/>
    public void SyncReferred() => _file?.Sync();

    /// <inheritdoc/>
    public ValueHandle Adopt(in ValueReference reference)
    {
        if (!_adopted.TryGetValue(reference.Place, out var page))
        {
            page = new ValuePage(reference.Place, reference.PieceBytes);
            _adopted.Add(reference.Place, page);
        }
        page.Adopt(reference.Offset, reference.Length);
        return new ValueHandle(page, reference.Offset, reference.Length, reference.Checksum);
    }

    /// <inheritdoc/>
    public void EndAdoption()
    {
        foreach (var page in _adopted.Values)
        {
            page.EndAdoption();
            if (page.IsSparse)
            {
                lock (_gate)
                {
                    _sparse.Add(page);
                }
            }
        }
        _adopted.Clear();
        _adopted.TrimExcess();
    }

    private ValuePage NewPage(int sizeBytes)
    {
        Interlocked.Add(ref _memoryBytes, sizeBytes);
        return new ValuePage(sizeBytes);
    }

    private void Seal(ValuePage page)
    {
        page.Seal();
        lock (_gate)
        {
            page.Resident = _resident.AddLast(page);
            if (page.IsSparse)
            {
                _sparse.Add(page);
            }
        }
        if (_file is not null && MemoryBytes > _limitBytes + (_limitBytes / SlackDivisor))
        {
            lock (_upkeep)
            {
                SpillOne();
            }
        }
    }

    private bool TryTakeSparse(out ValuePage page)
    {
        lock (_gate)
        {
            foreach (var first in _sparse)
            {
                page = first;
                return _sparse.Remove(first);
            }
        }
        page = null!;
        return false;
    }

    /// <summary>Squeezes a page, or gives it up. False when the disk has no room for what is left of it.</summary>
    private bool TryTidy(ValuePage page)
    {
        var done = true;
        var held = page.IsInMemory ? page.HeldBytes : 0;
        if (page.LiveBytes == 0)
        {
            page.Free(_file);
            Forget(page);
        }
        else if (page.IsInMemory)
        {
            page.Squeeze(_file);
        }
        else if (!page.TryRewrite(_file!))
        {
            done = false;
            lock (_gate)
            {
                _sparse.Add(page);
            }
        }
        Interlocked.Add(ref _memoryBytes, (page.IsInMemory ? page.HeldBytes : 0) - held);
        return done;
    }

    /// <summary>Moves the page to disk that was filled first of those not read since they were last looked at.</summary>
    /// <returns>True when one was moved.</returns>
    private bool SpillOne()
    {
        if (_file is null)
        {
            return false;
        }
        for (var left = ResidentPages + 1; left > 0 && TryTakeResident(out var page); left--)
        {
            if (!page.IsInMemory)
            {
                continue;
            }
            if (page.TakeTouched() && left > 1)
            {
                Return(page);
                continue;
            }
            var held = page.HeldBytes;
            var moved = page.TrySpill(_file);
            Interlocked.Add(ref _memoryBytes, (moved ? 0 : page.HeldBytes) - held);
            if (!moved)
            {
                Return(page);
            }
            return moved;
        }
        return false;
    }

    private bool TryTakeResident(out ValuePage page)
    {
        lock (_gate)
        {
            page = _resident.First?.Value!;
            if (page is null)
            {
                return false;
            }
            _resident.RemoveFirst();
            page.Resident = null;
            return true;
        }
    }

    private void Return(ValuePage page)
    {
        lock (_gate)
        {
            page.Resident = _resident.AddLast(page);
        }
    }

    /// <summary>Lets go of a page that was given up, which a store below its limit would otherwise know for ever.</summary>
    private void Forget(ValuePage page)
    {
        lock (_gate)
        {
            if (page.Resident is { } place)
            {
                _resident.Remove(place);
                page.Resident = null;
            }
        }
    }
}
