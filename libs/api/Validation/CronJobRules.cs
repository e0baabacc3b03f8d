using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of cron jobs (Kubernetes' pkg/apis/batch/validation).</summary>
internal static class CronJobRules
{
    /// <summary>A job is named after its cron job, with eleven characters more.</summary>
    private const int MaxName = 52;

    internal static void CheckNew(ErrorList errors, JsonObject job)
    {
        CheckSchedule(errors, job.Map("spec"), before: null);
        CheckTimeZone(errors, job.Map("spec"));
        if (job.Map("metadata").Text("name") is { Length: > MaxName } name)
        {
            errors.Add(FieldError.Invalid("metadata.name", name, $"must be no more than {MaxName} characters"));
        }
    }

    internal static void Check(ErrorList errors, JsonObject job)
    {
        var spec = job.Map("spec");
        foreach (var field in (string[])["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
        {
            errors.NonNegative("spec." + field, spec.Whole(field));
        }

        errors.OneOf("spec.concurrencyPolicy", spec.Text("concurrencyPolicy"), "Allow", "Forbid", "Replace");
        const string path = "spec.jobTemplate.spec";
        var template = spec.Map("jobTemplate").Map("spec") ?? [];
        JobRules.CheckSpec(errors, template, path);
        if (template.Map("selector") is { } selector)
        {
            errors.Add(FieldError.Invalid(path + ".selector", GoPrint.LabelSelector(selector), "`selector` will be auto-generated"));
        }

        if (template.Flag("manualSelector") == true)
        {
            errors.Add(FieldError.NotSupported(path + ".manualSelector", true, ["nil", "false"]));
        }
    }

    /// <summary>A zone in the schedule was allowed once, and one that is stored stays so.</summary>
    internal static void CheckUpdate(ErrorList errors, JsonObject job, JsonObject old)
    {
        CheckSchedule(errors, job.Map("spec"), old.Map("spec").Text("schedule"));
        if (job.Map("spec").Text("timeZone") != old.Map("spec").Text("timeZone"))
        {
            CheckTimeZone(errors, job.Map("spec"));
        }
    }

    private static void CheckSchedule(ErrorList errors, JsonObject? spec, string? before)
    {
        var schedule = spec.Text("schedule");
        if (!errors.Require("spec.schedule", schedule))
        {
            return;
        }

        if (CronSchedule.FaultOf(schedule!) is { } fault)
        {
            errors.Add(FieldError.Invalid("spec.schedule", schedule, fault));
        }

        var allowed = before?.Contains("TZ", StringComparison.Ordinal) == true;
        if (schedule!.Contains("TZ", StringComparison.Ordinal) && (!allowed || spec.Has("timeZone")))
        {
            errors.Add(FieldError.Invalid("spec.schedule", schedule,
                allowed ? "cannot use both timeZone field and TZ or CRON_TZ in schedule" : "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
        }
    }

    private static void CheckTimeZone(ErrorList errors, JsonObject? spec)
    {
        const string path = "spec.timeZone";
        if (spec.Text("timeZone") is not { } zone)
        {
            return;
        }

        if (zone.Length == 0)
        {
            errors.Add(FieldError.Invalid(path, zone, "timeZone must be nil or non-empty string"));
        }
        else if (!zone.Split('/').All(IsZonePart))
        {
            errors.Add(FieldError.Invalid(path, zone, "unknown time zone " + zone));
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(FieldError.Invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"));
        }
        else if (!CronSchedule.IsKnownZone(zone))
        {
            errors.Add(FieldError.Invalid(path, zone, "unknown time zone " + zone));
        }
    }

    /// <summary>The form of names in the time zone database (theory.html, "Names of timezones").</summary>
    private static bool IsZonePart(string part) =>
        part.Length is > 0 and <= 14 && part is not ("." or "..") && part[0] != '-'
        && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+');
}
