namespace Kube.Robustness.Checking;

/// <summary>
/// Everything that the clients of one run did and saw, by one clock. Begins may come from many threads; an operation or a
/// watch itself belongs to the client that began it. It is to be checked when all of them have stopped.
/// </summary>
public sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<Operation> _operations = [];
    private readonly List<WatchRecord> _watches = [];

    /// <summary>In order of invocation.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    public IReadOnlyList<WatchRecord> Watches => _watches;

    /// <summary>Notes that a client asks for something; to be called before it is sent.</summary>
    public Operation Begin(int client, KvOp op, TimeSpan now)
    {
        lock (_gate)
        {
            var operation = new Operation(_operations.Count, client, op, now);
            _operations.Add(operation);
            return operation;
        }
    }

    /// <summary>Notes that a client opens a watch; to be called before it is sent.</summary>
    public WatchRecord BeginWatch(int client, KeySpan keys, long startRevision, TimeSpan now, bool withPrevious = false)
    {
        lock (_gate)
        {
            var record = new WatchRecord(client, keys, startRevision, now) { WithPrevious = withPrevious };
            _watches.Add(record);
            return record;
        }
    }
}
