using System.Text.Json.Nodes;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>
/// The QoS class of a pod by its containers' cpu and memory: Guaranteed when every container's limits are set and
/// equal its requests, BestEffort when none sets anything, else Burstable. Pure.
/// </summary>
public static class QualityOfService
{
    private static readonly string[] Considered = ["cpu", "memory"];

    public static string ClassOf(JsonObject pod)
    {
        var requests = new Dictionary<string, Quantity>();
        var limits = new Dictionary<string, Quantity>();
        var guaranteed = true;
        var spec = pod["spec"] as JsonObject;
        foreach (var container in Containers(spec, "containers").Concat(Containers(spec, "initContainers")))
        {
            var resources = container["resources"] as JsonObject;
            Add(requests, resources?["requests"] as JsonObject, out _);
            Add(limits, resources?["limits"] as JsonObject, out var limited);
            guaranteed &= limited == Considered.Length;
        }

        if (requests.Count == 0 && limits.Count == 0)
        {
            return "BestEffort";
        }

        guaranteed &= requests.Count == limits.Count && requests.All(r => limits.TryGetValue(r.Key, out var limit) && limit.CompareTo(r.Value) == 0);
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static IEnumerable<JsonObject> Containers(JsonObject? spec, string name) =>
        (spec?[name] as JsonArray)?.OfType<JsonObject>() ?? [];

    private static void Add(Dictionary<string, Quantity> sums, JsonObject? amounts, out int found)
    {
        found = 0;
        foreach (var name in Considered)
        {
            if (amounts?[name] is not JsonValue value || !Quantity.TryParse(value.ToString(), out var amount) || amount.CompareTo(Quantity.Zero) == 0)
            {
                continue;
            }

            found++;
            sums[name] = sums.TryGetValue(name, out var sum) ? sum + amount : amount;
        }
    }
}
