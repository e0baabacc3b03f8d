using System.Globalization;

namespace Kube.Controllers.ReplicaSets;

/// <summary>
/// Which pods go first when there are too many, by Kubernetes' ranking: without a node, pending, not ready, lower
/// deletion cost (KEP-2255), on a node with more of their siblings, ready for less long, with more restarts, younger.
/// Ages are compared by powers of two, so that not always the youngest is hit (KEP-2185).
/// </summary>
public static class PodDeletionOrder
{
    public const string DeletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    /// <param name="pods">The pods to choose from.</param>
    /// <param name="siblings">All active pods of the same owner's owner, counted per node.</param>
    /// <param name="count">How many to choose.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Pod> Choose(IReadOnlyList<Pod> pods, IEnumerable<Pod> siblings, int count, DateTimeOffset now)
    {
        if (count >= pods.Count)
        {
            return pods;
        }

        var perNode = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var sibling in siblings.Where(Pods.IsActive))
        {
            var node = sibling.Spec?.NodeName ?? "";
            perNode[node] = perNode.GetValueOrDefault(node) + 1;
        }

        var order = pods.ToList();
        order.Sort((left, right) => Compare(left, right, pod => perNode.GetValueOrDefault(pod.Spec?.NodeName ?? ""), now));
        return order.GetRange(0, count);
    }

    /// <summary>Negative when <paramref name="left"/> goes before <paramref name="right"/>.</summary>
    internal static int Compare(Pod left, Pod right, Func<Pod, int> siblingsOnNode, DateTimeOffset now)
    {
        var leftNode = left.Spec?.NodeName ?? "";
        var rightNode = right.Spec?.NodeName ?? "";
        if (leftNode != rightNode && (leftNode.Length == 0 || rightNode.Length == 0))
        {
            return leftNode.Length == 0 ? -1 : 1;
        }

        if (PhaseRank(left).CompareTo(PhaseRank(right)) is not 0 and var byPhase)
        {
            return byPhase;
        }

        if (Pods.IsReady(left).CompareTo(Pods.IsReady(right)) is not 0 and var byReady)
        {
            return byReady;
        }

        if (DeletionCost(left).CompareTo(DeletionCost(right)) is not 0 and var byCost)
        {
            return byCost;
        }

        if (siblingsOnNode(right).CompareTo(siblingsOnNode(left)) is not 0 and var bySiblings)
        {
            return bySiblings;
        }

        if (Pods.IsReady(left) && CompareAges(ReadySince(left), ReadySince(right), left, right, now) is not 0 and var byReadyTime)
        {
            return byReadyTime;
        }

        if (Restarts(right).CompareTo(Restarts(left)) is not 0 and var byRestarts)
        {
            return byRestarts;
        }

        return CompareAges(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp, left, right, now);
    }

    private static int PhaseRank(Pod pod) => pod.Status?.Phase switch
    {
        "Pending" => 0,
        "Unknown" => 1,
        "Running" => 2,
        _ => 0,
    };

    private static int DeletionCost(Pod pod) =>
        pod.Metadata.Annotations?.TryGetValue(DeletionCostAnnotation, out var text) == true &&
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost)
            ? cost
            : 0;

    private static Time? ReadySince(Pod pod) => Pods.Condition(pod, "Ready")?.LastTransitionTime;

    private static int Restarts(Pod pod) =>
        pod.Status?.ContainerStatuses is { Count: > 0 } statuses ? statuses.Max(static status => status.RestartCount) : 0;

    /// <summary>The younger goes first; one whose time is unknown before all.</summary>
    private static int CompareAges(Time? left, Time? right, Pod leftPod, Pod rightPod, DateTimeOffset now)
    {
        if (left == right)
        {
            return 0;
        }

        if (left is null || right is null)
        {
            return left is null ? -1 : 1;
        }

        var byAge = AgeRank(now - left.Value.Value).CompareTo(AgeRank(now - right.Value.Value));
        return byAge != 0 ? byAge : string.CompareOrdinal(leftPod.Metadata.Uid, rightPod.Metadata.Uid);
    }

    private static long AgeRank(TimeSpan age) => age > TimeSpan.Zero ? (long)Math.Log2(age.Ticks * 100.0) : -1;
}
