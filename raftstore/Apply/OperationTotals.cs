namespace Kube.RaftStore.Apply;

/// <summary>How many operations this member has seen since it started, counted as etcd counts them. Thread-safe.</summary>
public sealed class OperationTotals
{
    private long _puts;
    private long _putBytes;
    private long _deletes;
    private long _ranges;
    private long _txns;
    private long _grants;
    private long _revocations;

    /// <summary>Puts applied, in transactions too.</summary>
    public long Puts => Interlocked.Read(ref _puts);

    /// <summary>Bytes of the keys and values put.</summary>
    public long PutBytes => Interlocked.Read(ref _putBytes);

    /// <summary>Deletions of a key or a range applied, in transactions too.</summary>
    public long Deletes => Interlocked.Read(ref _deletes);

    /// <summary>Ranges read, in transactions too.</summary>
    public long Ranges => Interlocked.Read(ref _ranges);

    /// <summary>Transactions that did more than one operation.</summary>
    public long Txns => Interlocked.Read(ref _txns);

    /// <summary>Leases granted.</summary>
    public long LeaseGrants => Interlocked.Read(ref _grants);

    /// <summary>Leases revoked or run out.</summary>
    public long LeaseRevocations => Interlocked.Read(ref _revocations);

    /// <summary>A range was read.</summary>
    public void OnRange() => Interlocked.Increment(ref _ranges);

    internal void OnPut(int bytes)
    {
        Interlocked.Increment(ref _puts);
        Interlocked.Add(ref _putBytes, bytes);
    }

    internal void OnDelete() => Interlocked.Increment(ref _deletes);

    internal void OnTxn() => Interlocked.Increment(ref _txns);

    internal void OnGrant() => Interlocked.Increment(ref _grants);

    internal void OnRevoke(int leases) => Interlocked.Add(ref _revocations, leases);
}
