using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what keeps workloads at a size: disruption budgets and autoscalers.</summary>
internal static class ScalingRules
{
    private static readonly string[] MetricTypes = ["ContainerResource", "External", "Object", "Pods", "Resource"];

    internal static void CheckBudget(ErrorList errors, JsonObject budget)
    {
        var spec = budget.Map("spec");
        if (spec.Has("minAvailable") && spec.Has("maxUnavailable"))
        {
            errors.Add(FieldError.Invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
        }

        foreach (var field in (string[])["minAvailable", "maxUnavailable"])
        {
            if (spec?[field] is JsonValue value)
            {
                WorkloadRules.CheckAmount(errors, value, "spec." + field, atMostAll: true);
            }
        }

        WorkloadRules.CheckLabelSelector(errors, spec.Map("selector"), "spec.selector");
    }

    internal static void CheckAutoscaler(ErrorList errors, JsonObject scaler)
    {
        var spec = scaler.Map("spec");
        var (least, most) = (spec.Whole("minReplicas"), spec.Whole("maxReplicas") ?? 0);
        if (least < 0)
        {
            errors.Add(FieldError.Invalid("spec.minReplicas", least, "must be greater than or equal to 1"));
        }
        else if (least == 0)
        {
            // Scaling to zero is behind a gate; an autoscaler that already does may go on.
            errors.AddTolerable("scaling to zero", FieldError.Invalid("spec.minReplicas", least, "must be greater than or equal to 1"));
        }

        if (most < 1)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than 0"));
        }

        if (most < least)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
        }

        CheckReference(errors, spec.Map("scaleTargetRef"), "spec.scaleTargetRef");
        foreach (var (metric, i) in spec.Items("metrics").Select(static (metric, i) => (metric, i)))
        {
            CheckMetric(errors, metric, $"spec.metrics[{i}]");
        }

        if (least == 0 && !spec.Items("metrics").Any(static metric => metric.Text("type") is "Object" or "External"))
        {
            errors.Add(FieldError.Forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas"));
        }

        MetricRules.CheckBehavior(errors, spec.Map("behavior"), "spec.behavior");
    }

    internal static void CheckAutoscalerStatus(ErrorList errors, JsonObject scaler, JsonObject old)
    {
        errors.NonNegative("status.currentReplicas", scaler.Map("status").Whole("currentReplicas"));
        errors.NonNegative("status.desiredReplicas", scaler.Map("status").Whole("desiredReplicas"));
    }

    internal static void CheckBudgetStatus(ErrorList errors, JsonObject budget, JsonObject old)
    {
        foreach (var field in (string[])["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"])
        {
            errors.NonNegative("status." + field, budget.Map("status").Whole(field));
        }
    }

    internal static void CheckReference(ErrorList errors, JsonObject? reference, string path)
    {
        foreach (var field in (string[])["kind", "name"])
        {
            var text = reference.Text(field);
            if (errors.Require($"{path}.{field}", text))
            {
                errors.AddInvalid($"{path}.{field}", text, NameRules.PathSegment(text!));
            }
        }
    }

    private static void CheckMetric(ErrorList errors, JsonObject metric, string path)
    {
        var type = metric.Text("type") ?? "";
        errors.Require(path + ".type", type, "must specify a metric source type");
        if (!MetricTypes.Contains(type))
        {
            errors.Add(FieldError.NotSupported(path + ".type", type, MetricTypes));
        }

        var sources = new[] { "object", "external", "pods", "resource", "containerResource" }.Where(metric.Has).ToList();
        if (sources.Count > 0 && metric.Map(sources[0]) is { } first)
        {
            MetricRules.CheckSource(errors, sources[0], first, $"{path}.{sources[0]}");
        }

        var expected = type.Length == 0 ? "" : char.ToLowerInvariant(type[0]) + type[1..];
        if (MetricTypes.Contains(type) && !sources.Contains(expected))
        {
            errors.Add(FieldError.Required($"{path}.{expected}", "must populate information for the given metric source"));
        }

        // One source is not forbidden, even when it is another than the type says: what is missing is said already.
        foreach (var other in sources.Count == 1 ? [] : sources.Where(source => source != expected))
        {
            errors.Add(FieldError.Forbidden($"{path}.{other}", "must populate the given metric source only"));
        }
    }
}
