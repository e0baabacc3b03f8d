namespace Kube.RaftStore.Mvcc;

public sealed partial class MvccStore
{
    /// <summary>Reads a range. Never blocks and is never blocked.</summary>
    public RangeResult Range(in RangeQuery query)
    {
        while (true)
        {
            var view = Current;
            try
            {
                var result = Range(view, query, view.Revision, out var readAt);
                if (result.Status != RevisionStatus.Ok || Current.CompactRevision <= readAt)
                {
                    return result;
                }
            }
            catch (ValueGoneException)
            {
                // Sorting by value needs them.
            }
            // Compacted past the revision while reading: what was read may have holes. Read anew; a query for
            // a fixed revision is refused this time, one for the newest succeeds.
        }
    }

    /// <summary>The newest version of a key that is not deleted, or null.</summary>
    public KeyVersion? Get(ReadOnlySpan<byte> key)
    {
        while (true)
        {
            var view = Current;
            var version = view.Tree.Find(key)?.At(view.Revision);
            if (Current.CompactRevision <= view.Revision)
            {
                return version is { IsTombstone: false } ? version : null;
            }
        }
    }

    /// <summary>
    /// The version that a change replaced, as a watcher may see it: null when the key was absent, or when the
    /// revision before the change is compacted.
    /// </summary>
    public KeyVersion? PreviousOf(KeyVersion version)
    {
        var previous = version.Previous;
        return previous is { IsTombstone: false } && version.ModRevision - 1 >= CompactRevision ? previous : null;
    }

    /// <summary>
    /// Walks the changes from one main revision on, in order, up to the newest revision at the time of the call.
    /// Complete only while <paramref name="from"/> is not below <see cref="CompactRevision"/>: the caller checks
    /// after it has read.
    /// </summary>
    /// <param name="from">First main revision.</param>
    /// <param name="upTo">The newest revision, which the walk covers.</param>
    public IEnumerable<KeyVersion> Changes(long from, out long upTo)
    {
        var view = Current;
        upTo = view.Revision;
        return view.Log.Walk(from, view.Revision);
    }

    private RangeResult Range(View view, in RangeQuery query, long newest, out long readAt)
    {
        readAt = query.Revision <= 0 ? newest : query.Revision;
        if (query.Revision > newest)
        {
            return new RangeResult { Status = RevisionStatus.Future, Versions = [], StoreRevision = newest };
        }
        if (readAt < view.CompactRevision)
        {
            return new RangeResult { Status = RevisionStatus.Compacted, Versions = [], StoreRevision = newest };
        }
        return query.Range.IsSingle
            ? RangeOne(view, query, readAt, newest)
            : RangeMany(view, query, readAt, newest);
    }

    private RangeResult RangeOne(View view, in RangeQuery query, long readAt, long newest)
    {
        var version = view.Tree.Find(query.Range.Start)?.At(readAt, view.ChangesAt(readAt));
        if (version is null || version.IsTombstone)
        {
            return new RangeResult { Versions = [], StoreRevision = newest };
        }
        var shown = !query.CountOnly && IsWithin(query, version);
        return new RangeResult { Versions = shown ? [version] : [], Count = 1, StoreRevision = newest };
    }

    private RangeResult RangeMany(View view, in RangeQuery query, long readAt, long newest)
    {
        var found = new List<KeyVersion>();
        if (!TryWalk(view, query, readAt, found.Add, out var count))
        {
            return new RangeResult { Versions = [], StoreRevision = newest, IsCut = true };
        }
        Sort(found, query);
        var more = HasMore(query, found.Count, count);
        if (more && found.Count > query.Limit)
        {
            found.RemoveRange((int)query.Limit, found.Count - (int)query.Limit);
        }
        return new RangeResult { Versions = found, Count = count, More = more, StoreRevision = newest };
    }

    /// <summary>Counts the keys of a range and shows those that are fetched, in the order of the keys.</summary>
    /// <returns>False when there are more than the query wants to be found.</returns>
    private static bool TryWalk(View view, in RangeQuery query, long readAt, Action<KeyVersion> show, out long count)
    {
        count = 0;
        if (query.Range.IsEmpty)
        {
            return true;
        }
        // As etcd: sorted by other than the key but in no order asked for, one more than the limit is fetched, by key,
        // and the last of the sorted is left out.
        var extra = query.Target == SortTarget.Key ? 0 : 1;
        var fetchLimit = query.Limit <= 0 || query.LimitsLate ? long.MaxValue : Math.Min(query.Limit, long.MaxValue - 1) + extra;
        var most = query.MostFound == 0 ? long.MaxValue : query.MostFound;
        var changes = view.ChangesAt(readAt);
        var found = 0L;
        var cursor = view.Tree.Seek(query.Range.Start);
        while (cursor.Next() is { } entry && query.Range.IsBeforeEnd(entry.Key))
        {
            if (entry.At(readAt, changes) is not { IsTombstone: false } version)
            {
                continue;
            }
            count++;
            if (query.CountOnly || found >= fetchLimit || !IsWithin(query, version))
            {
                continue;
            }
            if (++found > most)
            {
                return false;
            }
            show(version);
        }
        return true;
    }

    private static bool HasMore(in RangeQuery query, long found, long count)
        => query.Limit > 0 && !query.CountOnly && (query.LimitsLate ? found > query.Limit : count > query.Limit);

    /// <summary>Measures what <see cref="Range(View, in RangeQuery, long, out long)"/> finds; in the order of the keys, without a list of it.</summary>
    private RangeExtent Measure(View view, in RangeQuery query, Func<KeyVersion, long> sizeOf)
    {
        long shown = 0, size = 0, largest = 0;
        void Note(KeyVersion version)
        {
            var bytes = sizeOf(version);
            (shown, size, largest) = (shown + 1, size + bytes, Math.Max(largest, bytes));
        }
        if (!query.Range.IsSingle && query.IsInKeyOrder && !query.HasBounds && query.Revision <= view.Revision)
        {
            var readAt = query.Revision <= 0 ? view.Revision : query.Revision;
            if (readAt >= view.CompactRevision)
            {
                var limited = query.Limit <= 0 ? long.MaxValue : query.Limit;
                TryWalk(view, query with { MostFound = 0 }, readAt, version => { if (shown < limited) { Note(version); } }, out var count);
                return new RangeExtent(RevisionStatus.Ok, shown, size, largest, count, HasMore(query, count, count));
            }
        }
        var result = Range(view, query, view.Revision, out _);
        foreach (var version in result.Versions)
        {
            Note(version);
        }
        return new RangeExtent(result.Status, shown, size, largest, result.Count, result.More);
    }

    private static bool IsWithin(in RangeQuery query, KeyVersion version)
        => !query.HasBounds
            || ((query.MaxModRevision == 0 || version.ModRevision <= query.MaxModRevision)
                && (query.MinModRevision == 0 || version.ModRevision >= query.MinModRevision)
                && (query.MaxCreateRevision == 0 || version.CreateRevision <= query.MaxCreateRevision)
                && (query.MinCreateRevision == 0 || version.CreateRevision >= query.MinCreateRevision));

    private void Sort(List<KeyVersion> versions, in RangeQuery query)
    {
        var order = query.Target != SortTarget.Key && query.Order == SortOrder.None ? SortOrder.Ascending : query.Order;
        if (order == SortOrder.None || (order == SortOrder.Ascending && query.Target == SortTarget.Key))
        {
            return;
        }
        Comparison<KeyVersion> by = query.Target switch
        {
            SortTarget.Version => static (a, b) => a.Version.CompareTo(b.Version),
            SortTarget.Create => static (a, b) => a.CreateRevision.CompareTo(b.CreateRevision),
            SortTarget.Mod => static (a, b) => a.ModRevision.CompareTo(b.ModRevision),
            SortTarget.Value => (a, b) => Values.Read(a.Value).Span.SequenceCompareTo(Values.Read(b.Value).Span),
            _ => static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key),
        };
        var sign = order == SortOrder.Descending ? -1 : 1;
        // Keys are unique, so ties broken by key make the order the same on every member.
        versions.Sort((a, b) => by(a, b) is var c && c != 0 ? sign * c : a.Key.AsSpan().SequenceCompareTo(b.Key));
    }
}
