using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Defaulting;

/// <summary>Defaults of horizontal pod autoscalers.</summary>
internal static class AutoscalerDefaults
{
    private const long CpuUtilizationPercent = 80;
    private const long PeriodSeconds = 15;
    private const long ScaleUpPods = 4;

    /// <summary>One without a metric scales by the processor time of its pods; behaviour that is given at all is given whole.</summary>
    internal static void Spec(JsonObject spec)
    {
        if (!spec.Items("metrics").Any())
        {
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = JsonTree.Number(CpuUtilizationPercent) },
                },
            });
        }

        if (spec.Map("behavior") is { } behavior)
        {
            var up = Rules(behavior, "scaleUp", Policy("Pods", ScaleUpPods), Policy("Percent", 100));
            if (!up.Has("stabilizationWindowSeconds"))
            {
                up["stabilizationWindowSeconds"] = JsonTree.Number(0);
            }

            Rules(behavior, "scaleDown", Policy("Percent", 100));
        }
    }

    private static JsonObject Rules(JsonObject behavior, string name, params JsonNode[] policies)
    {
        if (behavior.Map(name) is not { } rules)
        {
            behavior[name] = rules = [];
        }

        if (!rules.Has("selectPolicy"))
        {
            rules["selectPolicy"] = "Max";
        }

        if (!rules.Has("policies"))
        {
            rules["policies"] = new JsonArray(policies);
        }

        return rules;
    }

    private static JsonObject Policy(string type, long value) =>
        new() { ["type"] = type, ["value"] = JsonTree.Number(value), ["periodSeconds"] = JsonTree.Number(PeriodSeconds) };
}
