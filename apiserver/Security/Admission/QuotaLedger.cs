using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Quotas;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Charges the quotas of namespaces. Charges of one namespace that come while one is under way are written together,
/// so that a hundred pods cost a few writes of their quota and not a hundred that conflict. A quota's status is
/// replaced only when it is still what the charges were checked against; so several API servers together never
/// charge more than the bounds. Thread-safe.
/// </summary>
/// <remarks>What waits is bounded by the requests in flight; each waits for ten seconds at most, as in Kubernetes.</remarks>
internal sealed class QuotaLedger(ResourceRegistry registry, TimeProvider time)
{
    /// <summary>Servers that charge the same quota take turns by chance: few attempts would not do. Time bounds them too.</summary>
    private const int MaxAttempts = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Waiter>> _waiting = new(StringComparer.Ordinal);

    private ResourceStore Store => registry.Get("", "v1", "resourcequotas");

    /// <summary>Charges the quotas that count a write. Null when it fits, else why it does not.</summary>
    /// <exception cref="KubeStatusException">The quotas could not be written.</exception>
    public async Task<string?> ChargeAsync(string ns, QuotaCharge charge, bool dryRun, CancellationToken cancellationToken)
    {
        if (!Store.ListCached(ns).Any(quota => Quota.Of(quota).Matches(charge.Evaluator, charge.Object)))
        {
            return null;
        }

        var waiter = new Waiter(charge, dryRun, cancellationToken);
        lock (_lock)
        {
            if (_waiting.TryGetValue(ns, out var waiting))
            {
                waiting.Add(waiter);
            }
            else
            {
                _waiting[ns] = [waiter];
                _ = Task.Run(() => RunAsync(ns), CancellationToken.None);
            }
        }

        try
        {
            return await waiter.Outcome.Task.WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw ApiErrors.InternalError("resource quota evaluation timed out");
        }
    }

    /// <summary>Charges what waits for a namespace, batch after batch, until nothing does.</summary>
    private async Task RunAsync(string ns)
    {
        var written = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        while (TakeBatch(ns) is { } batch)
        {
            using var limit = new CancellationTokenSource(Limit, time);
            try
            {
                await ChargeAsync(ns, batch, written, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Whoever waits gets the failure; the next batch may fare better.
                foreach (var waiter in batch)
                {
                    waiter.Outcome.TrySetException(exception);
                }
            }
        }
    }

    private List<Waiter>? TakeBatch(string ns)
    {
        lock (_lock)
        {
            var batch = _waiting[ns];
            if (batch.Count == 0)
            {
                _waiting.Remove(ns);
                return null;
            }

            _waiting[ns] = [];
            return batch;
        }
    }

    /// <param name="written">The quotas as this run last wrote them, which the cache may not show yet.</param>
    private async Task ChargeAsync(string ns, List<Waiter> batch, Dictionary<string, JsonObject> written, CancellationToken cancellationToken)
    {
        var open = batch.Where(waiter => !waiter.Gone.IsCancellationRequested).ToList();
        var quotas = Store.ListCached(ns).Select(quota => Newer(quota, written)).ToList();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var before = quotas.Select(Quota.Of).ToList();
            var after = Check(before, open);
            var conflicts = new List<string>();
            for (var i = 0; i < quotas.Count; i++)
            {
                if (!ReferenceEquals(before[i], after[i]) && !await WriteAsync(ns, quotas[i], after[i], written, cancellationToken).ConfigureAwait(false))
                {
                    conflicts.Add(after[i].Name);
                }
            }

            if (conflicts.Count == 0)
            {
                open.ForEach(waiter => waiter.Outcome.TrySetResult(null));
                return;
            }

            // The others are charged: only what conflicted is checked again, against what it has become.
            quotas = await ReadAsync(ns, conflicts, cancellationToken).ConfigureAwait(false);
        }

        throw ApiErrors.ServiceUnavailable("the resource quota is being changed too often to be charged");
    }

    /// <summary>Checks each charge against the quotas as those before it leave them. Decides what needs no write.</summary>
    private static IReadOnlyList<Quota> Check(IReadOnlyList<Quota> quotas, List<Waiter> open)
    {
        var running = quotas;
        foreach (var waiter in open.ToList())
        {
            var verdict = QuotaCheck.Charge(running, waiter.Charge);
            if (verdict.Refusal is not null || waiter.DryRun || running.SequenceEqual(verdict.Quotas, ReferenceEqualityComparer.Instance))
            {
                waiter.Outcome.TrySetResult(verdict.Refusal);
                open.Remove(waiter);
            }
            else
            {
                running = verdict.Quotas;
            }
        }

        return running;
    }

    /// <summary>False when the quota is no longer what the charge was checked against.</summary>
    private async Task<bool> WriteAsync(string ns, JsonObject read, Quota charged, Dictionary<string, JsonObject> written, CancellationToken cancellationToken)
    {
        var version = new ObjectAccessor(read).ResourceVersion;
        ValueTask<JsonObject> Change(JsonObject current)
        {
            if (new ObjectAccessor(current).ResourceVersion != version)
            {
                throw ApiErrors.Conflict(Store.Definition, charged.Name, "the object has been modified; please apply your changes to the latest version and try again");
            }

            var used = new JsonObject();
            foreach (var (name, amount) in charged.Used.OrderBy(u => u.Key, StringComparer.Ordinal))
            {
                used[name] = amount.ToString();
            }

            ((JsonObject)(current["status"] ??= new JsonObject()))["used"] = used;
            return ValueTask.FromResult(current);
        }

        try
        {
            var context = new WriteContext { User = UserInfo.ApiServer, Subresource = "status" };
            written[charged.Name] = (await Store.UpdateAsync(context, ns, charged.Name, Change, null, cancellationToken).ConfigureAwait(false)).Object;
            return true;
        }
        catch (KubeStatusException exception) when (exception.Status.Reason is "Conflict" or "NotFound")
        {
            return false;
        }
    }

    private async Task<List<JsonObject>> ReadAsync(string ns, List<string> names, CancellationToken cancellationToken)
    {
        var found = new List<JsonObject>();
        foreach (var name in names)
        {
            if (await Store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false) is { } quota)
            {
                found.Add(quota);
            }
        }

        return found;
    }

    private static JsonObject Newer(JsonObject cached, Dictionary<string, JsonObject> written) =>
        written.TryGetValue(new ObjectAccessor(cached).Name, out var own) && Revision(own) > Revision(cached) ? own : cached;

    private static long Revision(JsonObject obj) =>
        long.TryParse(new ObjectAccessor(obj).ResourceVersion, System.Globalization.CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private sealed record Waiter(QuotaCharge Charge, bool DryRun, CancellationToken Gone)
    {
        public TaskCompletionSource<string?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
