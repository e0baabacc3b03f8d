using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <summary>Rules of what an autoscaler measures and of how fast it scales (Kubernetes' pkg/apis/autoscaling/validation).</summary>
internal static class MetricRules
{
    private const int MaxPeriodSeconds = 1800;
    private const int MaxWindowSeconds = 3600;

    /// <summary>One source of a metric: what it names and what it aims at.</summary>
    internal static void CheckSource(ErrorList errors, string kind, JsonObject source, string path)
    {
        var target = source.Map("target");
        if (kind is "resource" or "containerResource")
        {
            errors.Require(path + ".name", source.Text("name"), "must specify a resource name");
            if (kind == "containerResource")
            {
                errors.Require(path + ".container", source.Text("container"), "must specify a container");
            }
        }
        else
        {
            if (kind == "object")
            {
                ScalingRules.CheckReference(errors, source.Map("describedObject"), path + ".describedObject");
            }

            var name = source.Map("metric").Text("name");
            if (errors.Require(path + ".metric.name", name, "must specify a metric name"))
            {
                errors.AddInvalid(path + ".metric.name", name, NameRules.PathSegment(name!));
            }
        }

        CheckTarget(errors, target, path + ".target");
        CheckAim(errors, kind, target, path + ".target");
    }

    private static void CheckTarget(ErrorList errors, JsonObject? target, string path)
    {
        var type = target.Text("type") ?? "";
        errors.Judged(path + ".type");
        errors.Require(path + ".type", type, "must specify a metric target type");
        if (type is not ("Utilization" or "Value" or "AverageValue"))
        {
            errors.Add(FieldError.Invalid(path + ".type", type, "must be either Utilization, Value, or AverageValue"));
        }

        foreach (var field in (string[])["value", "averageValue"])
        {
            if (AmountOf(target, field) is { Sign: <= 0 } amount)
            {
                errors.Add(FieldError.Invalid($"{path}.{field}", new RawText(amount.ToString()), "must be positive"));
            }
        }

        if (target.Whole("averageUtilization") is < 1 and var utilization)
        {
            errors.Add(FieldError.Invalid(path + ".averageUtilization", utilization, "must be greater than 0"));
        }
    }

    private static Quantity? AmountOf(JsonObject? target, string field) =>
        Quantity.TryParse(target?[field]?.ToString(), out var amount) ? amount : null;

    /// <summary>Which of the amounts a kind of metric can aim at.</summary>
    private static void CheckAim(ErrorList errors, string kind, JsonObject? target, string path)
    {
        switch (kind)
        {
            case "object" when !target.Has("value") && !target.Has("averageValue"):
                errors.Add(FieldError.Required(path + ".averageValue", "must set either a target value or averageValue"));
                break;
            case "external" when !target.Has("value") && !target.Has("averageValue"):
                errors.Add(FieldError.Required(path + ".averageValue", "must set either a target value for metric or a per-pod target"));
                break;
            case "external" when target.Has("value") && target.Has("averageValue"):
                errors.Add(FieldError.Forbidden(path + ".value", "may not set both a target value for metric and a per-pod target"));
                break;
            case "pods" when AmountOf(target, "averageValue") is not { Sign: 1 }:
                errors.Add(FieldError.Required(path + ".averageValue", "must specify a positive target averageValue"));
                break;
            case "resource" or "containerResource" when !target.Has("averageUtilization") && !target.Has("averageValue"):
                errors.Add(FieldError.Required(path + ".averageUtilization", "must set either a target raw value or a target utilization"));
                break;
            case "resource" or "containerResource" when target.Has("averageUtilization") && target.Has("averageValue"):
                errors.Add(FieldError.Forbidden(path + ".averageValue", "may not set both a target raw value and a target utilization"));
                break;
        }
    }

    internal static void CheckBehavior(ErrorList errors, JsonObject? behavior, string path)
    {
        foreach (var direction in (string[])["scaleUp", "scaleDown"])
        {
            if (behavior.Map(direction) is not { } rules)
            {
                continue;
            }

            var at = $"{path}.{direction}";
            var window = rules.Whole("stabilizationWindowSeconds");
            if (window is < 0 or > MaxWindowSeconds)
            {
                errors.Add(FieldError.Invalid(
                    at + ".stabilizationWindowSeconds", window, window < 0 ? "must be greater than or equal to zero" : $"must be less than or equal to {MaxWindowSeconds}"));
            }

            if (rules.Text("selectPolicy") is { } select && select is not ("Disabled" or "Max" or "Min"))
            {
                errors.Add(FieldError.NotSupported(at + ".selectPolicy", select, ["Disabled", "Max", "Min"]));
            }

            if (!rules.Items("policies").Any())
            {
                errors.Add(FieldError.Required(at + ".policies", "must specify at least one Policy"));
            }

            foreach (var (policy, place) in rules.Placed("policies", at))
            {
                CheckPolicy(errors, policy, place);
            }
        }
    }

    private static void CheckPolicy(ErrorList errors, JsonObject policy, string path)
    {
        if (policy.Text("type") is var type and not ("Pods" or "Percent"))
        {
            errors.Add(FieldError.NotSupported(path + ".type", type ?? "", ["Percent", "Pods"]));
        }

        var period = policy.Whole("periodSeconds") ?? 0;
        if ((policy.Whole("value") ?? 0) <= 0)
        {
            errors.Add(FieldError.Invalid(path + ".value", policy.Whole("value") ?? 0, "must be greater than zero"));
        }

        if (period is <= 0 or > MaxPeriodSeconds)
        {
            errors.Add(FieldError.Invalid(path + ".periodSeconds", period, period <= 0 ? "must be greater than zero" : $"must be less than or equal to {MaxPeriodSeconds}"));
        }
    }
}
