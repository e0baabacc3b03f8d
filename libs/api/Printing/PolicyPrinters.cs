using System.Globalization;
using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Disruption budgets, autoscalers, leases, priorities, runtime classes and flow control.</summary>
internal static class PolicyPrinters
{
    private static readonly IReadOnlyList<Meta.V1.TableColumnDefinition> s_autoscalerColumns =
    [
        NameColumn,
        Column("Reference", "string", "What is scaled."),
        Column("Targets", "string", "Current and target value of each metric."),
        Column("MinPods", "string", "Fewest pods."),
        Column("MaxPods", "string", "Most pods."),
        Column("Replicas", "string", "Pods there are."),
        AgeColumn,
    ];

    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("policy", "PodDisruptionBudget", new(
            [
                NameColumn,
                Column("Min Available", "string", "Pods that must stay."),
                Column("Max Unavailable", "string", "Pods that may be away."),
                Column("Allowed Disruptions", "integer", "Pods that may be evicted now."),
                AgeColumn,
            ],
            (item, now) =>
            [
                Name(item), OrNotGiven(item["spec"]["minAvailable"]), OrNotGiven(item["spec"]["maxUnavailable"]),
                item["status"]["disruptionsAllowed"].Number, Age(item, now),
            ])),
        ("autoscaling", "HorizontalPodAutoscaler", new(s_autoscalerColumns, Autoscaler)),
        ("coordination.k8s.io", "Lease", new(
            [NameColumn, Column("Holder", "string", "Who holds the lease."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["holderIdentity"].Text, Age(item, now)])),
        ("scheduling.k8s.io", "PriorityClass", new(
            [
                NameColumn,
                Column("Value", "integer", "The priority."),
                Column("Global-Default", "boolean", "Whether pods without a class get it."),
                AgeColumn,
                Column("PreemptionPolicy", "string", "Whether its pods push out others."),
            ],
            (item, now) => [Name(item), item["value"].Number, item["globalDefault"].IsTrue, Age(item, now), item["preemptionPolicy"].Text])),
        ("node.k8s.io", "RuntimeClass", new(
            [NameColumn, Column("Handler", "string", "The runtime's name for it."), AgeColumn],
            (item, now) => [Name(item), item["handler"].Text, Age(item, now)])),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema", new(
            [
                NameColumn,
                Column("PriorityLevel", "string", "The priority level its requests get."),
                Column("MatchingPrecedence", "string", "Rank among schemas; the lowest that matches wins."),
                Column("DistinguisherMethod", "string", "What tells its flows apart."),
                AgeColumn,
                Column("MissingPL", "string", "Whether its priority level is missing."),
            ],
            FlowSchema)),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", new(
            [
                NameColumn,
                Column("Type", "string", "Limited or Exempt."),
                Column("NominalConcurrencyShares", "string", "Its share of the server's concurrency."),
                Column("Queues", "string", "Number of queues."),
                Column("HandSize", "string", "Queues a flow is spread over."),
                Column("QueueLengthLimit", "string", "Requests that may wait in a queue."),
                AgeColumn,
            ],
            PriorityLevel)),
    ];

    private static string OrNotGiven(JsonView amount) => amount.Exists ? amount.Scalar : "N/A";

    private static object?[] Autoscaler(JsonView item, DateTimeOffset now)
    {
        var spec = item["spec"];
        var target = spec["scaleTargetRef"];
        return
        [
            Name(item),
            $"{target["kind"].Text}/{target["name"].Text}",
            Metrics(spec, item["status"]),
            spec["minReplicas"].OptionalNumber?.ToString(CultureInfo.InvariantCulture) ?? CellText.Unset,
            spec["maxReplicas"].Number,
            item["status"]["currentReplicas"].Number,
            Age(item, now),
        ];
    }

    private static string Metrics(JsonView spec, JsonView status)
    {
        var current = status["currentMetrics"].Items;
        var all = spec["metrics"].Items.Select((metric, index) => Metric(metric, index < current.Count ? current[index] : default)).ToList();
        if (spec["targetCPUUtilizationPercentage"].OptionalNumber is { } target)
        {
            all.Add($"cpu: {Percent(status["currentCPUUtilizationPercentage"])}/{target}%");
        }

        return all.Count == 0 ? CellText.None
            : all.Count > 2 ? $"{string.Join(", ", all.Take(2))} + {all.Count - 2} more..."
            : string.Join(", ", all);
    }

    private static string Metric(JsonView metric, JsonView status)
    {
        var (member, prefix) = metric["type"].Text switch
        {
            "Resource" => ("resource", metric["resource"]["name"].Text + ": "),
            "ContainerResource" => ("containerResource", metric["containerResource"]["name"].Text + ": "),
            "Pods" => ("pods", ""),
            "Object" => ("object", ""),
            "External" => ("external", ""),
            _ => ("", ""),
        };
        if (member.Length == 0)
        {
            return "<unknown type>";
        }

        var target = metric[member]["target"];
        var now = status[member]["current"];
        if (prefix.Length > 0 && !target["averageValue"].Exists)
        {
            return $"{prefix}{Percent(now["averageUtilization"])}/{(target["averageUtilization"].Exists ? Percent(target["averageUtilization"]) : "<auto>")}";
        }

        var isAverage = target["averageValue"].Exists;
        var value = isAverage ? now["averageValue"] : now["value"];
        var text = $"{prefix}{(value.Exists ? value.Scalar : CellText.Unknown)}/{target[isAverage ? "averageValue" : "value"].Scalar}";
        return isAverage && (member is "object" or "external") ? text + " (avg)" : text;
    }

    private static string Percent(JsonView number) => number.OptionalNumber is { } percent ? $"{percent}%" : CellText.Unknown;

    private static object?[] FlowSchema(JsonView item, DateTimeOffset now)
    {
        var spec = item["spec"];
        var dangling = item["status"]["conditions"].Items.FirstOrDefault(condition => condition["type"].Text == "Dangling");
        return
        [
            Name(item), spec["priorityLevelConfiguration"]["name"].Text, spec["matchingPrecedence"].Number,
            spec["distinguisherMethod"]["type"].OptionalText ?? CellText.None, Age(item, now), dangling.Exists ? dangling["status"].Text : "?",
        ];
    }

    private static object?[] PriorityLevel(JsonView item, DateTimeOffset now)
    {
        var limited = item["spec"]["limited"];
        var queuing = limited["limitResponse"]["queuing"];
        return
        [
            Name(item), item["spec"]["type"].Text, OrNone(limited["nominalConcurrencyShares"]), OrNone(queuing["queues"]), OrNone(queuing["handSize"]),
            OrNone(queuing["queueLengthLimit"]), Age(item, now),
        ];
    }

    private static object OrNone(JsonView number) => number.OptionalNumber is { } given ? given : CellText.None;
}
