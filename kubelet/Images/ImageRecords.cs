namespace Kube.Kubelet.Images;

/// <summary>An image on the node.</summary>
internal readonly record struct NodeImage(string Id, long SizeBytes, bool Pinned);

/// <summary>
/// Remembers when each image came and when it was last used, and says which may go. Time is handed in. Not thread-safe.
/// </summary>
internal sealed class ImageRecords
{
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    private bool _seen;

    /// <summary>Takes note of what is there now. Images found by the first look came at an unknown time, long ago.</summary>
    /// <param name="images">All images.</param>
    /// <param name="used">Ids of images that containers use, running or not.</param>
    /// <param name="now">The time of this look.</param>
    public void Look(IReadOnlyCollection<NodeImage> images, IReadOnlySet<string> used, DateTimeOffset now)
    {
        foreach (NodeImage image in images)
        {
            if (!_records.TryGetValue(image.Id, out Record? record))
            {
                _records[image.Id] = record = new Record(_seen ? now : DateTimeOffset.MinValue);
            }

            record.SizeBytes = image.SizeBytes;
            record.Pinned = image.Pinned;
            record.InUse = used.Contains(image.Id);
            record.LastUsed = record.InUse ? now : record.LastUsed;
        }

        foreach (string gone in _records.Keys.Except(images.Select(i => i.Id)).ToList())
        {
            _records.Remove(gone);
        }

        _seen = true;
    }

    /// <summary>Images that may go, in the order in which they should: those that were not used for longest, then those that came first.</summary>
    public IEnumerable<(string Id, long SizeBytes)> Removable(TimeSpan minimumAge, DateTimeOffset now) => Unused()
        .Where(r => now - r.Value.FoundAt >= minimumAge)
        .OrderBy(r => r.Value.LastUsed)
        .ThenBy(r => r.Value.FoundAt)
        .ThenBy(r => r.Key, StringComparer.Ordinal)
        .Select(r => (r.Key, r.Value.SizeBytes));

    /// <summary>Images that nobody has used for longer than <paramref name="maximumAge"/>. One never used counts from when it came.</summary>
    public IEnumerable<string> TooOld(TimeSpan maximumAge, DateTimeOffset now) => Unused()
        .Where(r => r.Value.Since is var since && since > DateTimeOffset.MinValue && now - since > maximumAge)
        .Select(r => r.Key);

    private IEnumerable<KeyValuePair<string, Record>> Unused() => _records.Where(r => !r.Value.InUse && !r.Value.Pinned);

    private sealed class Record(DateTimeOffset foundAt)
    {
        public DateTimeOffset FoundAt { get; } = foundAt;

        public DateTimeOffset LastUsed { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset Since => LastUsed > FoundAt ? LastUsed : FoundAt;

        public long SizeBytes { get; set; }

        public bool Pinned { get; set; }

        public bool InUse { get; set; }
    }
}
