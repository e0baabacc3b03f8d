namespace Kube.RaftStore.Mvcc;

/// <summary>What came of asking for a compaction.</summary>
public enum CompactionStatus
{
    Accepted,

    /// <summary>It is compacted to there, or further, already.</summary>
    AlreadyCompacted,

    /// <summary>The revision has not happened yet.</summary>
    Future,
}

public sealed partial class MvccStore
{
    /// <summary>A chunk of history that is packed counts as so many versions looked at: no key of it is looked up.</summary>
    private const int StepsPerChunk = 64;

    private readonly List<Pin> _pins = [];
    private readonly Queue<Replaced> _replaced = new();
    private int _replacedCount;
    private long _contents;
    private IEnumerator<KeyVersion>? _scan;
    private long _scanRevision;
    private long _trimmedRevision = -1;
    private int _packAt = -1;

    /// <summary>
    /// Makes every revision before this one unreadable, at once. The memory comes back later, by <see cref="Trim"/>.
    /// </summary>
    public CompactionStatus Compact(long revision)
    {
        lock (_writer)
        {
            var view = Current;
            if (revision <= view.CompactRevision)
            {
                return CompactionStatus.AlreadyCompacted;
            }
            if (revision > view.Revision)
            {
                return CompactionStatus.Future;
            }
            Publish(view with { CompactRevision = revision });
            return CompactionStatus.Accepted;
        }
    }

    /// <summary>True while there are versions to be given up: compacted ones, or those of contents that were replaced.</summary>
    public bool NeedsTrim => Volatile.Read(ref _trimmedRevision) < Current.CompactRevision || Volatile.Read(ref _replacedCount) > 0;

    /// <summary>
    /// Gives up some of the versions that compaction, or new contents, made unreadable. Holds the writer's lock for at most
    /// <paramref name="steps"/> looked-at versions, and lets go of it when a writer comes.
    /// </summary>
    /// <returns>True when there may be more to do; false when all is done, or a pin is in the way.</returns>
    public bool Trim(int steps)
    {
        // The lock is not fair: whoever takes it again at once overtakes a writer that was just woken, for up to a tenth of a second.
        if (Volatile.Read(ref _writersWaiting) > 0)
        {
            return true;
        }
        lock (_writer)
        {
            return TrimSome(steps, packs: true);
        }
    }

    /// <summary>As <see cref="Trim"/>, but does nothing while another thread has the lock, and leaves to others what takes longer than a version.</summary>
    public void TryTrim(int steps)
    {
        if (!_writer.TryEnter())
        {
            return;
        }
        try
        {
            TrimSome(steps, packs: false);
        }
        finally
        {
            _writer.Exit();
        }
    }

    private bool TrimSome(int steps, bool packs)
    {
        if (TryDropReplaced(steps))
        {
            return true;
        }
        var view = Current;
        if (_packAt >= 0)
        {
            if (packs)
            {
                PackSome(view.Log, steps);
            }
            return _packAt >= 0 || NeedsTrim;
        }
        if (_scan is null)
        {
            var target = TrimTarget(view);
            if (target <= _trimmedRevision)
            {
                return false;
            }
            _scanRevision = target;
            // Versions at the last trimmed revision were kept for watchers that start there; look at them again.
            _scan = view.Log.Walk(Math.Max(0, _trimmedRevision), target).GetEnumerator();
        }
        for (var i = 0; i < steps && (i == 0 || Volatile.Read(ref _writersWaiting) == 0); i++)
        {
            if (!_scan.MoveNext())
            {
                _scan = null;
                _packAt = 0;
                return true;
            }
            TrimBehind(_scan.Current);
        }
        return true;
    }

    private void PackSome(RevisionLog log, int steps)
    {
        _packAt = log.Pack(_packAt, Math.Max(2, steps / StepsPerChunk));
        if (_packAt < 0)
        {
            Volatile.Write(ref _trimmedRevision, _scanRevision);
        }
    }

    /// <summary>
    /// Keeps physical compaction from giving up versions at or after a revision until disposed, so that a reader
    /// of history, or a snapshot being written, stays whole.
    /// </summary>
    public HistoryPin PinHistory(long revision)
    {
        lock (_writer)
        {
            var pin = new Pin { Revision = revision, Contents = _contents };
            _pins.Add(pin);
            return new HistoryPin(this, pin);
        }
    }

    /// <summary>Gives up values of replaced contents, once no pin is left that was set while they were the present ones.</summary>
    private bool TryDropReplaced(int steps)
    {
        if (!_replaced.TryPeek(out var oldest) || _pins.Exists(pin => pin.Contents <= oldest.Contents))
        {
            return false;
        }
        for (var i = 0; i < steps; i++)
        {
            if (!oldest.Versions.MoveNext())
            {
                _replaced.Dequeue();
                Volatile.Write(ref _replacedCount, _replaced.Count);
                break;
            }
            Values.Drop(oldest.Versions.Current.Value);
        }
        return true;
    }

    private long TrimTarget(View view)
    {
        var target = view.CompactRevision;
        foreach (var pin in _pins)
        {
            target = Math.Min(target, pin.Revision);
        }
        return target;
    }

    /// <summary>Cuts what this version supersedes off its key's chain, and the version itself when it is an old tombstone.</summary>
    private void TrimBehind(KeyVersion version)
    {
        var view = Current;
        var entry = view.Tree.Find(version.Key);
        if (entry is null || version.Dropped)
        {
            return;
        }
        var dropped = version.Previous;
        version.CutPrevious();
        long freedBytes = 0, freedCount = 0;
        for (; dropped is not null; dropped = dropped.Previous)
        {
            Free(view, dropped, ref freedBytes, ref freedCount);
        }
        var tree = view.Tree;
        if (version.IsTombstone && version.ModRevision < _scanRevision)
        {
            if (ReferenceEquals(entry.Head, version))
            {
                tree = tree.Remove(version.Key);
            }
            else
            {
                Above(entry, version).CutPrevious();
            }
            Free(view, version, ref freedBytes, ref freedCount);
        }
        if (freedCount > 0)
        {
            Publish(view with
            {
                Tree = tree,
                SizeBytes = view.SizeBytes - freedBytes,
                VersionCount = view.VersionCount - freedCount,
            });
        }
    }

    private static KeyVersion Above(KeyEntry entry, KeyVersion version)
    {
        var above = entry.Head!;
        while (!ReferenceEquals(above.Previous, version))
        {
            above = above.Previous!;
        }
        return above;
    }

    private void Free(View view, KeyVersion version, ref long bytes, ref long count)
    {
        bytes += CostOf(version);
        count++;
        view.Log.Drop(version);
        if (!version.IsTombstone)
        {
            Values.Drop(version.Value);
        }
    }

    private void Unpin(Pin pin)
    {
        lock (_writer)
        {
            _pins.Remove(pin);
        }
    }

    private void MovePin(Pin pin, long revision)
    {
        lock (_writer)
        {
            (pin.Revision, pin.Contents) = (revision, _contents);
        }
    }

    private sealed class Pin
    {
        public long Revision { get; set; }

        /// <summary>Which contents it was set in: they are counted.</summary>
        public long Contents { get; set; }
    }

    /// <summary>The versions of contents that others have taken the place of; their values are still to be given up.</summary>
    private sealed record Replaced(IEnumerator<KeyVersion> Versions, long Contents);

    /// <summary>Holds history back from being given up.</summary>
    public sealed class HistoryPin : IDisposable
    {
        private readonly MvccStore _store;
        private readonly Pin _pin;

        internal HistoryPin(MvccStore store, object pin)
        {
            _store = store;
            _pin = (Pin)pin;
        }

        /// <summary>Moves the pin; only forward.</summary>
        public void MoveTo(long revision) => _store.MovePin(_pin, revision);

        /// <inheritdoc/>
        public void Dispose() => _store.Unpin(_pin);
    }
}
