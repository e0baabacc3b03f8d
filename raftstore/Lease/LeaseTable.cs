using System.Diagnostics.CodeAnalysis;

namespace Kube.RaftStore.Lease;

/// <summary>What a lease is to the state machine: everything here follows from the log alone.</summary>
/// <param name="Id">Its id, above 0.</param>
/// <param name="TtlSeconds">Granted time to live.</param>
/// <param name="RenewedIndex">Log index at which it was granted or last renewed. An expiry names the renewal it
/// has seen, so one that was overtaken by a renewal in the log does nothing.</param>
public readonly record struct LeaseRecord(long Id, long TtlSeconds, ulong RenewedIndex);

/// <summary>
/// The leases and the keys attached to them, as the log made them. Holds no time: when a lease runs out is the
/// business of <see cref="LeaseClock"/>. The applying thread writes; any thread reads.
/// </summary>
public sealed class LeaseTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Entry> _leases = [];

    /// <summary>Number of leases.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _leases.Count;
            }
        }
    }

    /// <summary>Adds a lease.</summary>
    /// <returns>False when the id is taken.</returns>
    public bool TryGrant(long id, long ttlSeconds, ulong index)
    {
        lock (_gate)
        {
            return _leases.TryAdd(id, new Entry(new LeaseRecord(id, ttlSeconds, index)));
        }
    }

    /// <summary>Notes a renewal.</summary>
    /// <returns>False when there is no such lease.</returns>
    public bool TryRenew(long id, ulong index, out LeaseRecord renewed)
    {
        lock (_gate)
        {
            if (!_leases.TryGetValue(id, out var entry))
            {
                renewed = default;
                return false;
            }
            renewed = entry.Record = entry.Record with { RenewedIndex = index };
            return true;
        }
    }

    /// <summary>Removes a lease. The keys that were attached to it, in order, are the caller's to delete.</summary>
    public bool TryRemove(long id, [NotNullWhen(true)] out IReadOnlyList<byte[]>? keys)
    {
        lock (_gate)
        {
            if (!_leases.Remove(id, out var entry))
            {
                keys = null;
                return false;
            }
            keys = entry.SortedKeys();
            return true;
        }
    }

    /// <summary>Looks a lease up.</summary>
    public bool TryGet(long id, out LeaseRecord record)
    {
        lock (_gate)
        {
            var found = _leases.TryGetValue(id, out var entry);
            record = found ? entry!.Record : default;
            return found;
        }
    }

    /// <summary>The keys attached to a lease, in order; empty when there is no such lease.</summary>
    public IReadOnlyList<byte[]> KeysOf(long id)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(id, out var entry) ? entry.SortedKeys() : [];
        }
    }

    /// <summary>All leases, ordered by id.</summary>
    public IReadOnlyList<LeaseRecord> All()
    {
        lock (_gate)
        {
            var all = new List<LeaseRecord>(_leases.Count);
            foreach (var entry in _leases.Values)
            {
                all.Add(entry.Record);
            }
            all.Sort(static (a, b) => a.Id.CompareTo(b.Id));
            return all;
        }
    }

    /// <summary>Notes that a key's lease changed, 0 standing for none. A lease that is gone is passed over.</summary>
    public void Move(byte[] key, long from, long to)
    {
        if (from == to)
        {
            return;
        }
        lock (_gate)
        {
            if (from != 0 && _leases.TryGetValue(from, out var old))
            {
                old.Keys.Remove(key);
            }
            if (to != 0 && _leases.TryGetValue(to, out var now))
            {
                now.Keys.Add(key);
            }
        }
    }

    /// <summary>Replaces everything. The keys are attached afterwards, by <see cref="Move"/>.</summary>
    public void Reset(IEnumerable<LeaseRecord> records)
    {
        lock (_gate)
        {
            _leases.Clear();
            foreach (var record in records)
            {
                _leases.Add(record.Id, new Entry(record));
            }
        }
    }

    private sealed class Entry(LeaseRecord record)
    {
        public LeaseRecord Record { get; set; } = record;

        public HashSet<byte[]> Keys { get; } = new(KeyComparer.Instance);

        public IReadOnlyList<byte[]> SortedKeys()
        {
            byte[][] keys = [.. Keys];
            Array.Sort(keys, static (a, b) => a.AsSpan().SequenceCompareTo(b));
            return keys;
        }
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }
}
