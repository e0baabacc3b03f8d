using System.Text.Json.Nodes;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>Counts what the objects of a namespace use of a quota. Pure.</summary>
public static class QuotaUsage
{
    /// <summary>
    /// The usage of every bound that an evaluator tracks; nought where no object uses it. A bound that none tracks is
    /// left out.
    /// </summary>
    /// <param name="hard">The bounds of the quota's spec.</param>
    /// <param name="scopes">What an object must meet to be counted.</param>
    /// <param name="resources">Each evaluator with the namespace's objects of its resource.</param>
    /// <param name="now">The time that tells which pods have ended.</param>
    public static Dictionary<string, Quantity> Count(
        IReadOnlyDictionary<string, Quantity> hard, IReadOnlyList<QuotaScope> scopes, IEnumerable<(UsageEvaluator Evaluator, IEnumerable<JsonObject> Objects)> resources, DateTimeOffset now)
    {
        var used = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (evaluator, objects) in resources)
        {
            var bounds = hard.Keys.Where(evaluator.Tracks).ToList();
            if (bounds.Count == 0)
            {
                continue;
            }

            foreach (var bound in bounds)
            {
                ResourceAmounts.Add(used, bound, Quantity.Zero);
            }

            foreach (var obj in objects.Where(obj => scopes.All(scope => evaluator.Matches(scope, obj))))
            {
                var usage = evaluator.Usage(obj, now);
                foreach (var bound in bounds)
                {
                    if (usage.TryGetValue(bound, out var amount))
                    {
                        ResourceAmounts.Add(used, bound, amount);
                    }
                }
            }
        }

        return used;
    }
}
