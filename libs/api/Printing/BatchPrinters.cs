using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Jobs and cron jobs.</summary>
internal static class BatchPrinters
{
    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("batch", "Job", new(
            [
                NameColumn,
                Column("Status", "string", "How far the job is."),
                Column("Completions", "string", "Pods that succeeded, of those that must."),
                Column("Duration", "string", "Time the job took or has taken so far."),
                AgeColumn,
                .. WorkloadPrinters.TemplateColumns,
            ],
            Job)),
        ("batch", "CronJob", new(
            [
                NameColumn,
                Column("Schedule", "string", "When jobs start, in cron's notation."),
                Column("Timezone", "string", "Time zone of the schedule."),
                Column("Suspend", "boolean", "Whether new jobs are held back."),
                Column("Active", "integer", "Jobs that run now."),
                Column("Last Schedule", "string", "Time since a job was last started."),
                AgeColumn,
                .. WorkloadPrinters.TemplateColumns,
            ],
            CronJob)),
    ];

    private static object?[] Job(JsonView job, DateTimeOffset now) =>
    [
        Name(job), Status(job), Completions(job), Duration(job["status"], now), Age(job, now),
        .. WorkloadPrinters.TemplateCells(job["spec"]["template"], CellText.Selector(job["spec"]["selector"])),
    ];

    private static string Status(JsonView job)
    {
        var conditions = job["status"]["conditions"];
        return CellText.Holds(conditions, "Complete") ? "Complete"
            : CellText.Holds(conditions, "Failed") ? "Failed"
            : IsBeingDeleted(job) ? "Terminating"
            : CellText.Holds(conditions, "Suspended") ? "Suspended"
            : CellText.Holds(conditions, "FailureTarget") ? "FailureTarget"
            : "Running";
    }

    private static string Completions(JsonView job)
    {
        var succeeded = job["status"]["succeeded"].Number;
        if (job["spec"]["completions"].OptionalNumber is { } completions)
        {
            return $"{succeeded}/{completions}";
        }

        var parallelism = job["spec"]["parallelism"].Number;
        return parallelism > 1 ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static string Duration(JsonView status, DateTimeOffset now) =>
        status["startTime"].Time is { } start ? HumanDuration.Format((status["completionTime"].Time ?? now) - start) : "";

    private static object?[] CronJob(JsonView item, DateTimeOffset now)
    {
        var spec = item["spec"];
        var jobSpec = spec["jobTemplate"]["spec"];
        return
        [
            Name(item),
            spec["schedule"].Text,
            spec["timeZone"].OptionalText ?? CellText.None,
            spec["suspend"].Exists ? (spec["suspend"].IsTrue ? "True" : "False") : CellText.Unset,
            item["status"]["active"].Count,
            item["status"]["lastScheduleTime"].Time is { } last ? HumanDuration.Since(last, now) : CellText.None,
            Age(item, now),
            .. WorkloadPrinters.TemplateCells(jobSpec["template"], CellText.Selector(jobSpec["selector"])),
        ];
    }
}
