namespace Kube.RaftStore.Mvcc;

/// <summary>What a sorted range is sorted by.</summary>
public enum SortTarget
{
    Key,
    Version,
    Create,
    Mod,
    Value,
}

/// <summary>Which way a range is sorted.</summary>
public enum SortOrder
{
    /// <summary>As the index has it: by key, ascending.</summary>
    None,
    Ascending,
    Descending,
}

/// <summary>A read of a range of keys at one revision, with the meaning etcd gives each option.</summary>
public readonly record struct RangeQuery(KeyRange Range)
{
    /// <summary>Revision to read at; 0 or less for the newest.</summary>
    public long Revision { get; init; }

    /// <summary>Most versions to return, 0 for all. The count is of all.</summary>
    public long Limit { get; init; }

    /// <summary>Only count.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Most versions to look for at all: when there are more, the search ends and the result says so. 0 for no bound.</summary>
    public int MostFound { get; init; }

    public SortOrder Order { get; init; }

    public SortTarget Target { get; init; }

    /// <summary>Bounds of the versions returned, 0 for none; the count ignores them.</summary>
    public long MinModRevision { get; init; }

    public long MaxModRevision { get; init; }

    public long MinCreateRevision { get; init; }

    public long MaxCreateRevision { get; init; }

    internal bool HasBounds
        => MinModRevision != 0 || MaxModRevision != 0 || MinCreateRevision != 0 || MaxCreateRevision != 0;

    /// <summary>True when what is found is in the order of the keys.</summary>
    internal bool IsInKeyOrder => Target == SortTarget.Key && Order != SortOrder.Descending;

    /// <summary>True when everything must be fetched before the limit can be applied.</summary>
    internal bool LimitsLate => Order != SortOrder.None || HasBounds;
}

/// <summary>Whether a revision can be read.</summary>
public enum RevisionStatus
{
    Ok,

    /// <summary>The revision lies before the compaction revision.</summary>
    Compacted,

    /// <summary>The revision has not happened yet.</summary>
    Future,
}

/// <summary>The answer to a <see cref="RangeQuery"/>.</summary>
public readonly struct RangeResult
{
    /// <summary>When not Ok, the rest is empty.</summary>
    public RevisionStatus Status { get; init; }

    /// <summary>The versions found, none of them a tombstone.</summary>
    public IReadOnlyList<KeyVersion> Versions { get; init; }

    /// <summary>Keys in the range at the revision, whatever the limit and the bounds.</summary>
    public long Count { get; init; }

    /// <summary>True when the limit held some back.</summary>
    public bool More { get; init; }

    /// <summary>The newest revision of the store when it was read.</summary>
    public long StoreRevision { get; init; }

    /// <summary>True when there was more than <see cref="RangeQuery.MostFound"/>: the rest, but for the revision, means nothing then.</summary>
    public bool IsCut { get; init; }
}

/// <summary>How much the answer to a <see cref="RangeQuery"/> is, without the answer.</summary>
/// <param name="Status">When not Ok, the rest is empty.</param>
/// <param name="Shown">Versions in the answer.</param>
/// <param name="SizeBytes">Their sizes, as whoever asked counts them.</param>
/// <param name="LargestBytes">The largest of these.</param>
/// <param name="Count">As in <see cref="RangeResult"/>.</param>
/// <param name="More">As in <see cref="RangeResult"/>.</param>
public readonly record struct RangeExtent(RevisionStatus Status, long Shown, long SizeBytes, long LargestBytes, long Count, bool More);
