using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Kinds of the apps group, and the cells that all kinds with a pod template share.</summary>
internal static class WorkloadPrinters
{
    /// <summary>The wide columns of a kind with a pod template and a selector.</summary>
    public static IReadOnlyList<Meta.V1.TableColumnDefinition> TemplateColumns { get; } =
    [
        Wide("Containers", "Names of the template's containers."),
        Wide("Images", "Images of the template's containers."),
        Wide("Selector", "Labels of the pods that belong to the object."),
    ];

    /// <summary>The columns of a kind that keeps a number of replicas.</summary>
    public static IReadOnlyList<Meta.V1.TableColumnDefinition> ReplicaColumns { get; } =
    [
        NameColumn,
        Column("Desired", "integer", "Pods there should be."),
        Column("Current", "integer", "Pods there are."),
        Column("Ready", "integer", "Pods that are ready."),
        AgeColumn,
    ];

    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("apps", "Deployment", new(
            [
                NameColumn,
                Column("Ready", "string", "Ready pods of the desired ones."),
                Column("Up-to-date", "string", "Pods made from the current template."),
                Column("Available", "string", "Pods that have been ready for long enough."),
                AgeColumn,
                .. TemplateColumns,
            ],
            (item, now) =>
            [
                Name(item), ReadyOfDesired(item), item["status"]["updatedReplicas"].Number, item["status"]["availableReplicas"].Number, Age(item, now),
                .. TemplateCells(item["spec"]["template"], CellText.SelectorOrEmpty(item["spec"]["selector"])),
            ])),
        ("apps", "ReplicaSet", new(
            [.. ReplicaColumns, .. TemplateColumns],
            (item, now) => [.. ReplicaCells(item, now), .. TemplateCells(item["spec"]["template"], CellText.Selector(item["spec"]["selector"]))])),
        ("apps", "StatefulSet", new(
            [NameColumn, Column("Ready", "string", "Ready pods of the desired ones."), AgeColumn, TemplateColumns[0], TemplateColumns[1]],
            (item, now) => [Name(item), ReadyOfDesired(item), Age(item, now), .. TemplateCells(item["spec"]["template"], "")[..2]])),
        ("apps", "DaemonSet", new(
            [
                NameColumn,
                Column("Desired", "integer", "Nodes that should run the pod."),
                Column("Current", "integer", "Nodes that run at least one of its pods."),
                Column("Ready", "integer", "Nodes whose pod is ready."),
                Column("Up-to-date", "integer", "Nodes whose pod is made from the current template."),
                Column("Available", "integer", "Nodes whose pod has been ready for long enough."),
                Column("Node Selector", "string", "Labels of the nodes that run the pod."),
                AgeColumn,
                .. TemplateColumns,
            ],
            DaemonSet)),
        ("apps", "ControllerRevision", new(
            [NameColumn, Column("Controller", "string", "The object whose state this is."), Column("Revision", "string", "Number of the revision."), AgeColumn],
            (item, now) => [Name(item), Controller(item), item["revision"].Number, Age(item, now)])),
        ("autoscaling", "Scale", new(
            [Column("Name", "string", "Name of the scaled object."), Column("Desired", "integer", "Pods there should be."), Column("Available", "integer", "Pods there are."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["replicas"].Number, item["status"]["replicas"].Number, Age(item, now)])),
    ];

    public static object?[] ReplicaCells(JsonView item, DateTimeOffset now) =>
        [Name(item), item["spec"]["replicas"].Number, item["status"]["replicas"].Number, item["status"]["readyReplicas"].Number, Age(item, now)];

    public static object?[] TemplateCells(JsonView template, string selector)
    {
        var (names, images) = CellText.Containers(template);
        return [names, images, selector];
    }

    private static string ReadyOfDesired(JsonView item) => $"{item["status"]["readyReplicas"].Number}/{item["spec"]["replicas"].Number}";

    private static object?[] DaemonSet(JsonView item, DateTimeOffset now)
    {
        var status = item["status"];
        var template = item["spec"]["template"];
        return
        [
            Name(item), status["desiredNumberScheduled"].Number, status["currentNumberScheduled"].Number, status["numberReady"].Number,
            status["updatedNumberScheduled"].Number, status["numberAvailable"].Number, CellText.Labels(template["spec"]["nodeSelector"]), Age(item, now),
            .. TemplateCells(template, CellText.Selector(item["spec"]["selector"])),
        ];
    }

    private static string Controller(JsonView item)
    {
        var owner = item["metadata"]["ownerReferences"].Items.FirstOrDefault(reference => reference["controller"].IsTrue);
        if (!owner.Exists)
        {
            return CellText.None;
        }

        var apiVersion = owner["apiVersion"].Text;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : "." + apiVersion[..slash];
        return $"{owner["kind"].Text.ToLowerInvariant()}{group}/{owner["name"].Text}";
    }
}
