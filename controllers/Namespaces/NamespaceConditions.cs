namespace Kube.Controllers.Namespaces;

/// <summary>What was found while emptying a namespace.</summary>
internal sealed class NamespaceContent
{
    /// <summary>Groups that did not say what they serve.</summary>
    public List<string> DiscoveryFailures { get; } = [];

    /// <summary>Deletions and lists that failed.</summary>
    public List<string> DeletionFailures { get; } = [];

    /// <summary>Objects left, by resource ("pods." as Kubernetes writes it, with the group after the dot).</summary>
    public SortedDictionary<string, int> Remaining { get; } = new(StringComparer.Ordinal);

    /// <summary>Objects left with a finalizer, by finalizer.</summary>
    public SortedDictionary<string, int> Finalizers { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing is left and nothing is unknown.</summary>
    public bool IsEmpty => DiscoveryFailures.Count == 0 && DeletionFailures.Count == 0 && Remaining.Count == 0;
}

/// <summary>The conditions by which a terminating namespace says what holds it up, in Kubernetes' words. Pure.</summary>
internal static class NamespaceConditions
{
    public static List<NamespaceCondition> Calculate(IReadOnlyList<NamespaceCondition>? present, NamespaceContent content, DateTimeOffset now)
    {
        List<NamespaceCondition> wanted =
        [
            content.DiscoveryFailures.Count > 0
                ? New("NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed", "Discovery failed for some groups, " + content.DiscoveryFailures.Count + " failing: " + string.Join(", ", content.DiscoveryFailures))
                : New("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            New("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            content.DeletionFailures.Count > 0
                ? New("NamespaceDeletionContentFailure", true, "ContentDeletionFailed", "Failed to delete all resource types, " + content.DeletionFailures.Count + " remaining: " + string.Join(", ", content.DeletionFailures))
                : New("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            content.Remaining.Count > 0
                ? New("NamespaceContentRemaining", true, "SomeResourcesRemain", "Some resources are remaining: " + string.Join(", ", content.Remaining.Select(static pair => $"{pair.Key} has {pair.Value} resource instances")))
                : New("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
            content.Finalizers.Count > 0
                ? New("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: " + string.Join(", ", content.Finalizers.Select(static pair => $"{pair.Key} in {pair.Value} resource instances")))
                : New("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ];
        foreach (var condition in wanted)
        {
            var known = present?.FirstOrDefault(other => other.Type == condition.Type);
            condition.LastTransitionTime = known?.Status == condition.Status ? known?.LastTransitionTime : new Time(now);
        }

        return [.. wanted, .. present?.Where(other => !wanted.Exists(condition => condition.Type == other.Type)) ?? []];
    }

    private static NamespaceCondition New(string type, bool isTrue, string reason, string message) =>
        new() { Type = type, Status = isTrue ? "True" : "False", Reason = reason, Message = message };
}
