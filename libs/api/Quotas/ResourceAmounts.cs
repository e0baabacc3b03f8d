using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>Amounts of resources by name, as requests, limits and quotas hold them. Pure.</summary>
public static class ResourceAmounts
{
    /// <summary>The amounts of an object; empty for null. What is no quantity is left to validation.</summary>
    public static Dictionary<string, Quantity> Read(JsonNode? amounts)
    {
        var read = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, value) in amounts as JsonObject ?? [])
        {
            if (Quantity.TryParse(value?.ToString(), out var amount))
            {
                read[name] = amount;
            }
        }

        return read;
    }

    /// <summary>True when both name the same resources with equal amounts.</summary>
    public static bool Equal(JsonObject left, JsonObject right)
    {
        var (a, b) = (Read(left), Read(right));
        return a.Count == b.Count && a.All(amount => b.TryGetValue(amount.Key, out var other) && other == amount.Value);
    }

    /// <summary>What a pod as a whole asks for: containers together, or the largest init container, with its overhead.</summary>
    /// <param name="spec">The pod's spec.</param>
    /// <param name="kind">"requests" or "limits".</param>
    public static Dictionary<string, Quantity> OfPod(JsonObject spec, string kind)
    {
        var total = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in Containers(spec, "containers"))
        {
            Add(total, Read(container["resources"]?[kind]));
        }

        // A sidecar runs beside all that start after it; another init container runs alone with the sidecars before it.
        var sidecars = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var peak = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in Containers(spec, "initContainers"))
        {
            var amounts = Read(container["resources"]?[kind]);
            if (container.Text("restartPolicy") == "Always")
            {
                Add(total, amounts);
                Add(sidecars, amounts);
                Raise(peak, sidecars);
            }
            else
            {
                Add(amounts, sidecars);
                Raise(peak, amounts);
            }
        }

        Raise(total, peak);
        foreach (var (name, amount) in Read(spec["overhead"]))
        {
            if (kind == "requests" || total.ContainsKey(name))
            {
                Add(total, name, amount);
            }
        }

        return total;
    }

    public static IEnumerable<JsonObject> Containers(JsonObject spec, string field) => (spec[field] as JsonArray)?.OfType<JsonObject>() ?? [];

    public static void Add(Dictionary<string, Quantity> sums, Dictionary<string, Quantity> amounts)
    {
        foreach (var (name, amount) in amounts)
        {
            Add(sums, name, amount);
        }
    }

    public static void Add(Dictionary<string, Quantity> sums, string name, Quantity amount) =>
        sums[name] = sums.TryGetValue(name, out var sum) ? sum + amount : amount;

    private static void Raise(Dictionary<string, Quantity> sums, Dictionary<string, Quantity> amounts)
    {
        foreach (var (name, amount) in amounts)
        {
            if (!sums.TryGetValue(name, out var sum) || sum < amount)
            {
                sums[name] = amount;
            }
        }
    }
}
