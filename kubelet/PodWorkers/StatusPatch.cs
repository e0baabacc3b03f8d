using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Json;

namespace Kube.Kubelet.PodWorkers;

/// <summary>The strategic merge patch that takes a pod's status from one to another: only what differs. Pure.</summary>
internal static class StatusPatch
{
    /// <summary>Fields that others may write too, which are left alone when the kubelet has no value for them.</summary>
    private static readonly HashSet<string> Foreign = ["nominatedNodeName", "resourceClaimStatuses", "qosClass"];

    /// <summary>The status as an object of JSON; an empty one for none.</summary>
    public static JsonObject Json(PodStatus? status) => status is null ? [] : JsonNode.Parse(KubeJson.Serialize(status))!.AsObject();

    /// <summary>The patch, or null when there is nothing to change.</summary>
    public static JsonObject? Between(Pod pod, JsonObject old, JsonObject next)
    {
        JsonObject changes = [];
        foreach ((string key, JsonNode? value) in next)
        {
            if (key != "conditions" && !JsonNode.DeepEquals(value, old[key]))
            {
                changes[key] = value?.DeepClone();
            }
        }

        foreach ((string key, JsonNode? value) in old)
        {
            if (value is not null && !next.ContainsKey(key) && key != "conditions" && !Foreign.Contains(key))
            {
                changes[key] = null;
            }
        }

        if (changes["podIPs"] is JsonArray addresses && old["podIPs"] is not null)
        {
            // The list merges by address; without this the old ones would stay.
            addresses.Insert(0, new JsonObject { ["$patch"] = "replace" });
        }

        JsonArray conditions = Conditions(old["conditions"] as JsonArray, next["conditions"] as JsonArray);
        if (conditions.Count > 0)
        {
            changes["conditions"] = conditions;
        }

        return changes.Count == 0 ? null : new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Uid() },
            ["status"] = changes,
        };
    }

    private static JsonArray Conditions(JsonArray? old, JsonArray? next)
    {
        JsonArray changed = [];
        foreach (JsonNode? condition in next ?? [])
        {
            string type = condition!["type"]!.GetValue<string>();
            JsonNode? was = old?.FirstOrDefault(c => c?["type"]?.GetValue<string>() == type);
            if (!(PodStatusBuilder.OwnConditions.Contains(type) || type == PodStatusBuilder.DisruptionTarget) || JsonNode.DeepEquals(was, condition))
            {
                continue;
            }

            JsonObject copy = condition.DeepClone().AsObject();
            foreach (string field in (string[])["reason", "message"])
            {
                if (was?[field] is not null && copy[field] is null)
                {
                    copy[field] = null;
                }
            }

            changed.Add(copy);
        }

        return changed;
    }
}
