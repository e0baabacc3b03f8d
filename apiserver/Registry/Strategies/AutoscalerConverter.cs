using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>
/// Autoscalers of autoscaling/v1 over stored autoscaling/v2 ones: v1 knows one metric, cpu utilisation; what it cannot
/// say rides in the annotations that Kubernetes uses for it.
/// </summary>
internal sealed class AutoscalerConverter : IVersionConverter
{
    private const string MetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";
    private const string ConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";
    private const string CurrentMetricsAnnotation = "autoscaling.alpha.kubernetes.io/current-metrics";
    private const string BehaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior";

    private static ObjectSchema Stored => KindCatalog.Default.FindSchema("autoscaling/v2", "HorizontalPodAutoscaler")!;

    public string FieldToStored(string field) => field;

    public JsonObject ToServed(JsonObject stored)
    {
        stored["apiVersion"] = "autoscaling/v1";
        if (stored["spec"] is JsonObject spec)
        {
            var metrics = TakeArray(spec, "metrics");
            var cpu = metrics.FindIndex(IsCpuUtilization);
            if (cpu >= 0)
            {
                spec["targetCPUUtilizationPercentage"] = metrics[cpu]["resource"]!["target"]!["averageUtilization"]?.DeepClone();
                metrics.RemoveAt(cpu);
            }

            ToAnnotation(stored, MetricsAnnotation, metrics.Count > 0 ? new JsonArray([.. metrics]) : null);
            ToAnnotation(stored, BehaviorAnnotation, Take(spec, "behavior"));
        }

        if (stored["status"] is JsonObject status)
        {
            var current = TakeArray(status, "currentMetrics");
            var cpu = current.Find(m => ObjectAccessor.Text(m["resource"] as JsonObject, "name") == "cpu");
            if (cpu?["resource"]?["current"]?["averageUtilization"] is { } utilization)
            {
                status["currentCPUUtilizationPercentage"] = utilization.DeepClone();
            }

            ToAnnotation(stored, CurrentMetricsAnnotation, current.Count > 0 ? new JsonArray([.. current]) : null);
            ToAnnotation(stored, ConditionsAnnotation, Take(status, "conditions"));
        }

        return stored;
    }

    public JsonObject ToStored(JsonObject served)
    {
        served["apiVersion"] = "autoscaling/v2";
        if (served["spec"] is JsonObject spec)
        {
            var metrics = FromAnnotation(served, MetricsAnnotation) as JsonArray ?? [];
            if (ObjectAccessor.Number(spec, "targetCPUUtilizationPercentage") is { } percentage)
            {
                metrics.Insert(0, CpuMetric(percentage));
            }

            spec.Remove("targetCPUUtilizationPercentage");
            if (metrics.Count > 0)
            {
                spec["metrics"] = metrics;
            }

            if (FromAnnotation(served, BehaviorAnnotation) is { } behavior)
            {
                spec["behavior"] = behavior;
            }
        }

        if (served["status"] is JsonObject status)
        {
            status.Remove("currentCPUUtilizationPercentage");
            if (FromAnnotation(served, CurrentMetricsAnnotation) is { } current)
            {
                status["currentMetrics"] = current;
            }

            if (FromAnnotation(served, ConditionsAnnotation) is { } conditions)
            {
                status["conditions"] = conditions;
            }
        }

        // What v1 does not say is what v2 takes for granted: its default metric among it.
        Defaulter.Apply(served, Stored);
        return served;
    }

    private static JsonObject CpuMetric(long percentage) => new()
    {
        ["type"] = "Resource",
        ["resource"] = new JsonObject
        {
            ["name"] = "cpu",
            ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = percentage },
        },
    };

    private static bool IsCpuUtilization(JsonObject metric) =>
        ObjectAccessor.Text(metric, "type") == "Resource"
        && ObjectAccessor.Text(metric["resource"] as JsonObject, "name") == "cpu"
        && metric["resource"]?["target"]?["averageUtilization"] is not null;

    private static JsonNode? Take(JsonObject parent, string name)
    {
        var value = parent[name];
        parent.Remove(name);
        return value;
    }

    private static List<JsonObject> TakeArray(JsonObject parent, string name)
    {
        if (Take(parent, name) is not JsonArray array)
        {
            return [];
        }

        var items = array.OfType<JsonObject>().ToList();
        array.Clear();
        return items;
    }

    private static void ToAnnotation(JsonObject obj, string name, JsonNode? value)
    {
        if (value is null)
        {
            return;
        }

        var metadata = new ObjectAccessor(obj).Metadata;
        metadata["annotations"] ??= new JsonObject();
        metadata["annotations"]![name] = value.ToJsonString();
    }

    private static JsonNode? FromAnnotation(JsonObject obj, string name)
    {
        if (new ObjectAccessor(obj).Metadata["annotations"] is not JsonObject annotations || ObjectAccessor.Text(annotations, name) is not { Length: > 0 } text)
        {
            return null;
        }

        annotations.Remove(name);
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            // The annotation is the user's to write; one that is no JSON says nothing, as in Kubernetes.
            return null;
        }
    }
}
