namespace Kube.Robustness.Checking;

/// <summary>What the history says of leases: when each was surely alive, and whether its end came too soon.</summary>
internal sealed class LeaseChecker
{
    private readonly History _history;
    private readonly CheckOptions _options;
    private readonly CheckReport _report;
    private readonly Dictionary<long, Life> _lives = [];
    private readonly Dictionary<long, List<Operation>> _revoked = [];

    public LeaseChecker(History history, Knowledge knowledge, CheckOptions options, CheckReport report)
    {
        _history = history;
        _options = options;
        _report = report;
        foreach (var operation in history.Operations)
        {
            Note(operation);
        }
    }

    /// <summary>The lease whose end would make exactly these changes, 0 for none.</summary>
    public long EndOf(IReadOnlyList<ChangeEvent> changes, KvModel before)
    {
        if (!changes.All(c => c.IsDelete))
        {
            return 0;
        }

        var lease = before.Get(changes[0].Kv.Key)?.Lease ?? 0;
        return lease != 0 && before.KeysOf(lease).Order(StringComparer.Ordinal).SequenceEqual(changes.Select(c => c.Kv.Key).Order(StringComparer.Ordinal))
            ? lease
            : 0;
    }

    /// <summary>Whether a lease that nobody asked to revoke had ended by this moment though its time was not over.</summary>
    public bool IsEarly(long lease, TimeSpan seenEnded, out string why)
    {
        why = "";
        if (!_lives.TryGetValue(lease, out var life) || life.RevokeAsked is { } asked && asked <= seenEnded)
        {
            return false;
        }

        var due = life.Renewals.Where(r => r.Invoked < seenEnded).Select(r => r.Invoked + (r.Ttl * (1 - _options.ClockDrift)) - _options.LeaseTolerance).DefaultIfEmpty().Max();
        why = $"seen at {seenEnded.TotalSeconds:F3} s, but by its last renewal it lived to {due.TotalSeconds:F3} s at least";
        return seenEnded < due;
    }

    /// <summary>After an acknowledged revocation no key hangs on the lease.</summary>
    public void CheckRevoked(long revision, KvModel model)
    {
        if (!_revoked.TryGetValue(revision, out var revocations))
        {
            return;
        }

        foreach (var operation in revocations)
        {
            var left = model.KeysOf(((LeaseRevokeOp)operation.Op).Id);
            if (left.Count > 0)
            {
                _report.Add(Guarantee.RightAnswer, $"{operation}, but these keys still hang on it: {string.Join(' ', left)}");
            }
        }
    }

    /// <summary>A refusal that says a lease is gone shows its end as a deletion does.</summary>
    public void CheckRefusals()
    {
        foreach (var operation in _history.Operations)
        {
            var gone = operation switch
            {
                { Outcome: Outcome.Completed, Op: LeaseKeepAliveOp alive, Result: LeaseKeepAliveResult { Ttl.Ticks: <= 0 } } => alive.Id,
                { Outcome: Outcome.Refused, Op: PutOp { Lease: not 0 } put } when SaysNotFound(operation) => put.Lease,
                { Outcome: Outcome.Refused, Op: LeaseRevokeOp revoke } when SaysNotFound(operation) => revoke.Id,
                _ => 0,
            };
            // Its own request to revoke is no reason for having found it gone.
            if (gone != 0 && operation.Op is not LeaseRevokeOp && IsEarly(gone, operation.Returned, out var why))
            {
                _report.Add(Guarantee.LeaseNotEarly, $"{operation} found lease {gone:x} gone: {why}");
            }
        }
    }

    private static bool SaysNotFound(Operation operation) => operation.Refusal.Contains("lease not found", StringComparison.Ordinal);

    private void Note(Operation operation)
    {
        switch (operation.Op)
        {
            case LeaseGrantOp when operation.Result is LeaseGrantResult granted:
                LifeOf(granted.Id).Renewals.Add((operation.Invoked, granted.Ttl));
                break;
            case LeaseKeepAliveOp alive when operation.Result is LeaseKeepAliveResult { Ttl.Ticks: > 0 } renewed:
                LifeOf(alive.Id).Renewals.Add((operation.Invoked, renewed.Ttl));
                break;
            case LeaseRevokeOp revoke when operation.Outcome != Outcome.Refused:
                var life = LifeOf(revoke.Id);
                life.RevokeAsked = life.RevokeAsked is { } asked && asked <= operation.Invoked ? asked : operation.Invoked;
                if (operation.Result is { } result)
                {
                    _revoked.TryAdd(result.Revision, []);
                    _revoked[result.Revision].Add(operation);
                }

                break;
        }
    }

    private Life LifeOf(long lease)
    {
        if (!_lives.TryGetValue(lease, out var life))
        {
            _lives.Add(lease, life = new Life());
        }

        return life;
    }

    private sealed class Life
    {
        public List<(TimeSpan Invoked, TimeSpan Ttl)> Renewals { get; } = [];

        public TimeSpan? RevokeAsked { get; set; }
    }
}
