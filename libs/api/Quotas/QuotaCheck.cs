using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>A write that uses something.</summary>
/// <param name="Evaluator">The evaluator of the object's resource.</param>
/// <param name="Operation">Create or update.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Object">The object as it will be.</param>
/// <param name="Old">The object as it was; null on create.</param>
/// <param name="Now">The time that tells which pods have ended.</param>
public sealed record QuotaCharge(UsageEvaluator Evaluator, QuotaOperation Operation, string Subresource, JsonObject Object, JsonObject? Old, DateTimeOffset Now);

/// <summary>What a check found.</summary>
/// <param name="Refusal">Why the write is refused, in Kubernetes' words; null when it fits.</param>
/// <param name="Quotas">The quotas as they are when the write happens: in the same order, those that it does not concern unchanged.</param>
public readonly record struct QuotaVerdict(string? Refusal, IReadOnlyList<Quota> Quotas);

/// <summary>Whether a write fits into quotas. Pure.</summary>
public static class QuotaCheck
{
    /// <summary>
    /// Charges a write to every quota that counts it. It is refused by the first quota that it does not fit into, that
    /// demands what the object does not say, or whose usage nobody has counted yet.
    /// </summary>
    public static QuotaVerdict Charge(IReadOnlyList<Quota> quotas, QuotaCharge charge)
    {
        var (evaluator, obj) = (charge.Evaluator, charge.Object);
        var concerned = new List<int>();
        for (var i = 0; i < quotas.Count; i++)
        {
            if (!quotas[i].Matches(evaluator, obj))
            {
                continue;
            }

            var bounds = quotas[i].Hard.Keys.Where(evaluator.Tracks).ToHashSet(StringComparer.Ordinal);
            if (evaluator.Missing(bounds, obj) is { } missing)
            {
                return new($"failed quota: {quotas[i].Name}: {missing}", quotas);
            }

            if (!bounds.All(quotas[i].Used.ContainsKey))
            {
                return new($"status unknown for quota: {quotas[i].Name}, resources: {Print(bounds)}", quotas);
            }

            concerned.Add(i);
        }

        if (concerned.Count == 0)
        {
            return new(null, quotas);
        }

        var usage = evaluator.Usage(obj, charge.Now);
        var negative = usage.Where(u => u.Value.Sign < 0).Select(u => u.Key).ToList();
        return negative.Count > 0
            ? new($"quota usage is negative for resource(s): {Print(negative)}", quotas)
            : Charge(quotas, concerned, charge, usage);
    }

    private static QuotaVerdict Charge(IReadOnlyList<Quota> quotas, List<int> concerned, QuotaCharge charge, Dictionary<string, Quantity> usage)
    {
        var before = charge.Old is { } stored && stored.Map("metadata").Text("resourceVersion") is { Length: > 0 } ? stored : null;
        var delta = before is null ? usage : Difference(usage, charge.Evaluator.Usage(before, charge.Now));
        var charged = quotas.ToArray();
        foreach (var i in concerned)
        {
            var quota = quotas[i];

            // An object that the quota did not count before is charged whole.
            var counted = before is not null && quota.Matches(charge.Evaluator, before);
            var requested = (counted ? delta : usage).Where(u => !u.Value.IsZero && quota.Hard.ContainsKey(u.Key)).ToDictionary(StringComparer.Ordinal);
            if (requested.Count == 0)
            {
                continue;
            }

            var used = new Dictionary<string, Quantity>(quota.Used, StringComparer.Ordinal);
            ResourceAmounts.Add(used, requested);
            var exceeded = requested.Keys.Where(name => used[name] > quota.Hard[name]).ToList();

            // What a status reports has happened; it is charged even where it does not fit.
            if (exceeded.Count > 0 && charge.Subresource != "status")
            {
                var refusal = $"exceeded quota: {quota.Name}, requested: {Print(requested, exceeded)}, used: {Print(quota.Used, exceeded)}, limited: {Print(quota.Hard, exceeded)}";
                return new(refusal, quotas);
            }

            charged[i] = quota with { Used = used };
        }

        return new(null, charged);
    }

    /// <summary>What more is used; a smaller use gives nothing back here: the quota controller counts it.</summary>
    private static Dictionary<string, Quantity> Difference(Dictionary<string, Quantity> usage, Dictionary<string, Quantity> before)
    {
        var difference = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, amount) in usage)
        {
            var more = before.TryGetValue(name, out var was) ? amount - was : amount;
            difference[name] = more.Sign > 0 ? more : Quantity.Zero;
        }

        return difference;
    }

    private static string Print(IReadOnlyDictionary<string, Quantity> amounts, IEnumerable<string> names) =>
        string.Join(",", names.Order(StringComparer.Ordinal).Select(name => $"{name}={amounts.GetValueOrDefault(name)}"));

    private static string Print(IEnumerable<string> names) => string.Join(",", names.Order(StringComparer.Ordinal));
}
