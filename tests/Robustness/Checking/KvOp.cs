namespace Kube.Robustness.Checking;

/// <summary>A key as the store tells of it.</summary>
public sealed record KeyValue(string Key, string Value, long CreateRevision, long ModRevision, long Version, long Lease = 0)
{
    public override string ToString() =>
        $"{Key}={Value} (created {CreateRevision}, modified {ModRevision}, version {Version}{(Lease == 0 ? "" : $", lease {Lease:x}")})";
}

/// <summary>What a client asked for. Every value put must be unique in a run: it names its operation.</summary>
public abstract record KvOp;

public sealed record PutOp(string Key, string Value, long Lease = 0) : KvOp
{
    public override string ToString() => $"put {Key}={Value}{(Lease == 0 ? "" : $" lease {Lease:x}")}";
}

public sealed record DeleteOp(KeySpan Keys) : KvOp
{
    public override string ToString() => $"delete {Keys}";
}

/// <param name="Keys">The keys read.</param>
/// <param name="Revision">The revision to read at, 0 for the newest.</param>
/// <param name="Limit">Most keys given, 0 for all; the count is of all.</param>
/// <param name="IsSerializable">Whether some member's own state will do, however old.</param>
public sealed record RangeOp(KeySpan Keys, long Revision = 0, long Limit = 0, bool IsSerializable = false) : KvOp
{
    public override string ToString() =>
        $"range {Keys}{(Revision == 0 ? "" : $" at {Revision}")}{(Limit == 0 ? "" : $" limit {Limit}")}{(IsSerializable ? " serializable" : "")}";
}

/// <summary>A transaction whose branches hold puts, deletes and ranges; it is not nested.</summary>
public sealed record TxnOp(IReadOnlyList<Comparison> Compares, IReadOnlyList<KvOp> Success, IReadOnlyList<KvOp> Failure) : KvOp
{
    public override string ToString() =>
        $"if {string.Join(" and ", Compares)} then {{{string.Join("; ", Success)}}} else {{{string.Join("; ", Failure)}}}";
}

public sealed record CompactOp(long Revision) : KvOp
{
    public override string ToString() => $"compact {Revision}";
}

public sealed record LeaseGrantOp(long Id, TimeSpan Ttl) : KvOp;

public sealed record LeaseKeepAliveOp(long Id) : KvOp;

public sealed record LeaseRevokeOp(long Id) : KvOp;

/// <summary>What a comparison looks at. Of a key that does not exist, everything is 0 or empty, and a comparison of its
/// value never holds.</summary>
public enum CompareTarget
{
    Version,
    CreateRevision,
    ModRevision,
    Value,
}

public enum CompareRelation
{
    Equal,
    Greater,
    Less,
    NotEqual,
}

/// <param name="Key">The key compared.</param>
/// <param name="Target">Which of its properties.</param>
/// <param name="Relation">How it must stand to the operand.</param>
/// <param name="Value">The operand where <paramref name="Target"/> is the value.</param>
/// <param name="Number">The operand where it is not.</param>
public sealed record Comparison(string Key, CompareTarget Target, CompareRelation Relation, string Value = "", long Number = 0)
{
    public override string ToString() => $"{Target}({Key}) {Relation} {(Target == CompareTarget.Value ? Value : Number)}";
}
