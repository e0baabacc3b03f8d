namespace Kube.Controllers.PodCollection;

/// <summary>Which pods nobody needs any more. Pure.</summary>
internal static class PodGarbage
{
    /// <summary>The oldest of the terminated pods, as many as there are beyond the threshold.</summary>
    public static IReadOnlyList<Pod> Terminated(IReadOnlyList<Pod> pods, int threshold)
    {
        if (threshold <= 0)
        {
            return [];
        }

        var terminated = pods.Where(static pod => Pods.IsTerminal(pod) && pod.Metadata.DeletionTimestamp is null).ToList();
        return
        [
            .. terminated.OrderBy(static pod => pod.Metadata.CreationTimestamp)
                .ThenBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
                .Take(Math.Max(0, terminated.Count - threshold)),
        ];
    }

    /// <summary>Deleted before they were put on a node: no kubelet will ever end them.</summary>
    public static IEnumerable<Pod> UnscheduledTerminating(IEnumerable<Pod> pods) =>
        pods.Where(static pod => pod.Metadata.DeletionTimestamp is not null && string.IsNullOrEmpty(pod.Spec?.NodeName));

    /// <summary>On a node that is gone.</summary>
    public static IEnumerable<Pod> Orphaned(IEnumerable<Pod> pods, Func<string, bool> isNodeGone) =>
        pods.Where(pod => pod.Spec?.NodeName is { Length: > 0 } node && isNodeGone(node));
}
