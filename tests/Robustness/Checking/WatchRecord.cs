namespace Kube.Robustness.Checking;

/// <summary>One change as a watch tells of it. Of a deletion only key and modification revision count.</summary>
public sealed record ChangeEvent(KeyValue Kv, bool IsDelete, KeyValue? Previous = null)
{
    public long Revision => Kv.ModRevision;

    internal bool IsSameChange(ChangeEvent other) => IsDelete == other.IsDelete
        && (IsDelete ? Kv.Key == other.Kv.Key && Revision == other.Revision : Kv == other.Kv);

    public override string ToString() => IsDelete ? $"delete {Kv.Key} at {Revision}" : $"put {Kv}";
}

/// <summary>
/// What one watch told its client, in the order of arrival. A watch that is opened again after a break is another record,
/// which starts behind the last revision that the first one is known to have reached.
/// </summary>
public sealed class WatchRecord
{
    private readonly List<Delivery> _deliveries = [];

    internal WatchRecord(int client, KeySpan keys, long startRevision, TimeSpan opened)
    {
        Client = client;
        Keys = keys;
        StartRevision = startRevision;
        Opened = opened;
    }

    public int Client { get; }

    public KeySpan Keys { get; }

    /// <summary>The first revision wanted, 0 for whatever comes after the creation.</summary>
    public long StartRevision { get; }

    public TimeSpan Opened { get; }

    /// <summary>Whether the version before each change was asked for.</summary>
    public bool WithPrevious { get; init; }

    /// <summary>The store's revision when the watch was created; 0 when no answer came.</summary>
    public long CreatedRevision { get; private set; }

    /// <summary>The revision before which the store could not go on, 0 unless it ended the watch for that.</summary>
    public long CompactRevision { get; private set; }

    public TimeSpan Cancelled { get; private set; }

    /// <summary>The last revision up to which everything must have been delivered.</summary>
    public long Position { get; private set; }

    internal IReadOnlyList<Delivery> Deliveries => _deliveries;

    public void OnCreated(long headerRevision, TimeSpan now)
    {
        CreatedRevision = headerRevision;
        Position = FirstRevision - 1;
        _deliveries.Add(new Delivery([], headerRevision, false, false, now));
    }

    /// <summary>Notes a response with events.</summary>
    /// <param name="headerRevision">The revision in its header.</param>
    /// <param name="events">Its events in their order.</param>
    /// <param name="isFragment">Whether the same revision goes on in the next response, as the response says.</param>
    /// <param name="now">When it came.</param>
    public void OnEvents(long headerRevision, IReadOnlyList<ChangeEvent> events, bool isFragment, TimeSpan now)
    {
        Position = Math.Max(Position, isFragment ? events[^1].Revision - 1 : events[^1].Revision);
        _deliveries.Add(new Delivery(events, headerRevision, isFragment, false, now));
    }

    /// <summary>Notes a progress notification.</summary>
    public void OnProgress(long headerRevision, TimeSpan now)
    {
        Position = Math.Max(Position, headerRevision);
        _deliveries.Add(new Delivery([], headerRevision, false, true, now));
    }

    /// <summary>Notes that the store ended the watch because it has forgotten what it would have to tell.</summary>
    public void OnCancelled(long compactRevision, TimeSpan now)
    {
        CompactRevision = compactRevision;
        Cancelled = now;
    }

    public override string ToString() => $"watch of client {Client} on {Keys} from {StartRevision} (opened at {Opened.TotalSeconds:F3} s)";

    /// <summary>The first revision that this watch has to tell of.</summary>
    internal long FirstRevision => StartRevision == 0 ? CreatedRevision + 1 : StartRevision;

    internal readonly record struct Delivery(
        IReadOnlyList<ChangeEvent> Events, long HeaderRevision, bool IsFragment, bool IsProgress, TimeSpan At);
}
