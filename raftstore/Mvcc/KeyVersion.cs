namespace Kube.RaftStore.Mvcc;

/// <summary>
/// One version of one key: what a put wrote, or the tombstone that a deletion left. Immutable for readers,
/// but for <see cref="Previous"/>, which physical compaction cuts.
/// </summary>
public sealed class KeyVersion
{
    internal KeyVersion(
        byte[] key, long main, int sub, long createRevision, long version, long lease, ValueHandle value, KeyVersion? previous)
    {
        Key = key;
        ModRevision = main;
        Sub = sub;
        CreateRevision = createRevision;
        Version = version;
        Lease = lease;
        Value = value;
        _previous = previous;
    }

    /// <summary>The key. Never to be written to.</summary>
    public byte[] Key { get; }

    /// <summary>Main revision at which this version was written.</summary>
    public long ModRevision { get; }

    /// <summary>Position among the changes of the same main revision, from 0.</summary>
    public int Sub { get; }

    /// <summary>Main revision of the first put since the key was last absent; 0 for a tombstone.</summary>
    public long CreateRevision { get; }

    /// <summary>Number of puts since creation, 1 for the first; 0 for a tombstone.</summary>
    public long Version { get; }

    /// <summary>Lease that this version is attached to, 0 for none.</summary>
    public long Lease { get; }

    /// <summary>Where the value lies; meaningless for a tombstone.</summary>
    public ValueHandle Value { get; }

    /// <summary>True when the key was deleted at this revision.</summary>
    public bool IsTombstone => Version == 0;

    /// <summary>The version before this one, tombstones included; null for the first, or when it is compacted.</summary>
    public KeyVersion? Previous => Volatile.Read(ref _previous);

    /// <summary>True once physical compaction has removed this version from its key.</summary>
    internal bool Dropped { get; set; }

    internal void CutPrevious() => Volatile.Write(ref _previous, null);

    private KeyVersion? _previous;
}
