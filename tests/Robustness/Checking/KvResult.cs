namespace Kube.Robustness.Checking;

/// <summary>What a client was answered.</summary>
/// <param name="Revision">The revision in the answer's header: the store's when the operation took place. Of a result inside
/// a transaction it means nothing.</param>
public abstract record KvResult(long Revision);

public sealed record PutResult(long Revision) : KvResult(Revision);

public sealed record DeleteResult(long Revision, long Deleted) : KvResult(Revision);

public sealed record RangeResult(long Revision, IReadOnlyList<KeyValue> Kvs, long Count) : KvResult(Revision);

public sealed record TxnResult(long Revision, bool Succeeded, IReadOnlyList<KvResult> Results) : KvResult(Revision);

public sealed record CompactResult(long Revision) : KvResult(Revision);

public sealed record LeaseGrantResult(long Revision, long Id, TimeSpan Ttl) : KvResult(Revision);

/// <param name="Revision">As for all.</param>
/// <param name="Ttl">The time to live that begins anew, zero when there is no such lease.</param>
public sealed record LeaseKeepAliveResult(long Revision, TimeSpan Ttl) : KvResult(Revision);

public sealed record LeaseRevokeResult(long Revision) : KvResult(Revision);
