using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>Where a watcher gets its events from.</summary>
internal enum WatcherState
{
    /// <summary>From the hub, as they happen.</summary>
    Synced,

    /// <summary>From history, read by its own stream.</summary>
    Lagging,

    /// <summary>From nowhere any more.</summary>
    Ended,
}

/// <summary>One watch of a stream. Guarded by the hub's lock, but for what never changes.</summary>
internal sealed class Watcher(WatchStream stream, long id, KeyRange range)
{
    public WatchStream Stream { get; } = stream;

    public long Id { get; } = id;

    public KeyRange Range { get; } = range;

    public bool WithPrevious { get; init; }

    public bool SkipsPuts { get; init; }

    public bool SkipsDeletes { get; init; }

    public bool Fragments { get; init; }

    public bool NotifiesProgress { get; init; }

    /// <summary>First revision asked for, 0 for the next.</summary>
    public long StartRevision { get; init; }

    /// <summary>First main revision whose changes it has not been given.</summary>
    public long NextRevision { get; set; }

    public WatcherState State { get; set; }

    /// <summary>Events of the dispatch under way.</summary>
    public List<WatchEvent>? Collected { get; set; }

    /// <summary>True when something was sent since the last progress notification fell due.</summary>
    public bool WasBusy { get; set; }

    /// <summary>True when the change, whose key is in the range, passes the filters.</summary>
    public bool Wants(KeyVersion version) => version.IsTombstone ? !SkipsDeletes : !SkipsPuts;
}
