using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what keeps workloads at a size: disruption budgets, autoscalers, cron jobs.</summary>
internal static class ScalingRules
{
    /// <summary>A job is named after its cron job, with eleven characters more.</summary>
    private const int MaxCronJobName = 52;

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
                CheckShare(errors, value, "spec." + field);
            }
        }

        WorkloadRules.CheckLabelSelector(errors, spec.Map("selector"), "spec.selector");
    }

    internal static void CheckAutoscaler(ErrorList errors, JsonObject scaler)
    {
        var spec = scaler.Map("spec");
        var (least, most) = (spec.Whole("minReplicas"), spec.Whole("maxReplicas") ?? 0);
        if (least < 1)
        {
            errors.Add(FieldError.Invalid("spec.minReplicas", least, "must be greater than or equal to 1"));
        }

        if (most < 1)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than 0"));
        }

        if (most < least)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
        }

        foreach (var field in (string[])["kind", "name"])
        {
            var path = "spec.scaleTargetRef." + field;
            var text = spec.Map("scaleTargetRef").Text(field);
            if (errors.Require(path, text))
            {
                errors.AddInvalid(path, text, NameRules.PathSegment(text!));
            }
        }

        foreach (var (metric, i) in spec.Items("metrics").Select(static (metric, i) => (metric, i)))
        {
            CheckMetric(errors, metric, $"spec.metrics[{i}]");
        }
    }

    internal static void CheckCronJob(ErrorList errors, JsonObject job)
    {
        if (job.Map("metadata").Text("name") is { Length: > MaxCronJobName } name)
        {
            errors.Add(FieldError.Invalid("metadata.name", name, $"must be no more than {MaxCronJobName} characters"));
        }

        var spec = job.Map("spec");
        CheckSchedule(errors, spec);
        foreach (var field in (string[])["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
        {
            errors.NonNegative("spec." + field, spec.Whole(field));
        }

        const string path = "spec.jobTemplate.spec";
        var template = spec.Map("jobTemplate").Map("spec");
        foreach (var field in (string[])["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"])
        {
            errors.NonNegative($"{path}.{field}", template.Whole(field));
        }

        PodRules.CheckTemplate(errors, template.Map("template"), path + ".template");
        if (template.Map("template").Map("spec").Text("restartPolicy") is { } policy && policy is not ("OnFailure" or "Never"))
        {
            errors.Add(FieldError.NotSupported(path + ".template.spec.restartPolicy", policy, ["OnFailure", "Never"]));
        }
    }

    private static void CheckSchedule(ErrorList errors, JsonObject? spec)
    {
        var schedule = spec.Text("schedule");
        if (errors.Require("spec.schedule", schedule))
        {
            if (CronSchedule.FaultOf(schedule!) is { } fault)
            {
                errors.Add(FieldError.Invalid("spec.schedule", schedule, fault));
            }

            if (schedule!.Contains("TZ", StringComparison.Ordinal))
            {
                errors.Add(FieldError.Invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
            }
        }

        if (spec.Text("timeZone") is not { } zone)
        {
            return;
        }

        if (zone.Length == 0)
        {
            errors.Add(FieldError.Invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string"));
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(FieldError.Invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"));
        }
        else if (!zone.Split('/').All(IsZonePart))
        {
            errors.Add(FieldError.Invalid("spec.timeZone", zone, "unknown time zone " + zone));
        }
    }

    /// <summary>The form of names in the time zone database (theory.html, "Names of timezones").</summary>
    private static bool IsZonePart(string part) =>
        part.Length is > 0 and <= 14 && part is not ("." or "..") && part[0] != '-'
        && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+');

    /// <summary>A number that is not negative, or a percentage of at most a hundred.</summary>
    private static void CheckShare(ErrorList errors, JsonValue value, string path)
    {
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            errors.NonNegative(path, JsonAccess.Whole(value));
            return;
        }

        var text = value.ToString();
        errors.AddInvalid(path, text, NameRules.Percent(text));
        if (text.EndsWith('%') && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent > 100)
        {
            errors.Add(FieldError.Invalid(path, text, "must not be greater than 100%"));
        }
    }

    private static void CheckMetric(ErrorList errors, JsonObject metric, string path)
    {
        var sources = new[] { "object", "pods", "resource", "external", "containerResource" }.Where(metric.Has).ToList();
        var type = metric.Text("type") ?? "";
        if (type.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".type", "must specify a metric source type"));
            return;
        }

        var expected = char.ToLowerInvariant(type[0]) + type[1..];
        if (expected is not ("object" or "pods" or "resource" or "external" or "containerResource"))
        {
            return; // said by the schema's enum
        }

        if (!sources.Contains(expected))
        {
            errors.Add(FieldError.Required($"{path}.{expected}", "must populate information for the given metric source"));
        }

        foreach (var other in sources.Where(source => source != expected))
        {
            errors.Add(FieldError.Forbidden($"{path}.{other}", "must populate the given metric source only"));
        }
    }
}
