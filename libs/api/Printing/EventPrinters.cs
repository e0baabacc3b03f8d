using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Events of both groups; events.k8s.io has other names for the same fields.</summary>
internal static class EventPrinters
{
    private static readonly IReadOnlyList<Meta.V1.TableColumnDefinition> s_columns =
    [
        Column("Last Seen", "string", "Time since the event was seen last."),
        Column("Type", "string", "Normal or Warning."),
        Column("Reason", "string", "Why it happened, in one word for programs."),
        Column("Object", "string", "The object the event is about."),
        Wide("Subobject", "The part of the object the event is about."),
        Wide("Source", "Who reported the event."),
        Column("Message", "string", "What happened."),
        Wide("First Seen", "Time since the event was seen first."),
        Wide("Count", "How often the event was seen."),
        new() { Name = "Name", Type = "string", Format = "name", Description = "The event's own name.", Priority = 1 },
    ];

    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("", "Event", new(s_columns, (item, now) => Cells(
            item, now, item["involvedObject"], item["message"], item["source"], item["reportingComponent"], item["firstTimestamp"], item["lastTimestamp"], item["count"]))),
        ("events.k8s.io", "Event", new(s_columns, (item, now) => Cells(
            item, now, item["regarding"], item["note"], item["deprecatedSource"], item["reportingController"], item["deprecatedFirstTimestamp"], item["deprecatedLastTimestamp"], item["deprecatedCount"]))),
    ];

    private static object?[] Cells(
        JsonView item, DateTimeOffset now, JsonView about, JsonView message, JsonView source, JsonView reporter, JsonView first, JsonView last, JsonView count)
    {
        var firstSeen = HumanDuration.Since(first.Time ?? item["eventTime"].Time, now);
        var lastSeen = last.Time is { } seen ? HumanDuration.Since(seen, now) : firstSeen;
        var times = count.Number == 0 ? 1 : count.Number;
        if (item["series"].Exists)
        {
            lastSeen = HumanDuration.Since(item["series"]["lastObservedTime"].Time, now);
            times = item["series"]["count"].Number;
        }

        var kind = about["kind"].Text.ToLowerInvariant();
        return
        [
            lastSeen,
            item["type"].Text,
            item["reason"].Text,
            about["name"].Text is { Length: > 0 } name ? $"{kind}/{name}" : kind,
            about["fieldPath"].Text,
            Source(source, reporter, item["reportingInstance"]),
            message.Text.Trim(),
            firstSeen,
            times,
            Name(item),
        ];
    }

    private static string Source(JsonView source, JsonView reporter, JsonView instance)
    {
        var component = source["component"].Text is { Length: > 0 } named ? named : reporter.Text;
        var host = source["host"].Text is { Length: > 0 } known ? known : instance.Text;
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
