using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.TaintToleration;

/// <summary>
/// Leaves out nodes with NoSchedule or NoExecute taints that the pod does not tolerate, and prefers nodes with few
/// PreferNoSchedule taints that it does not tolerate.
/// </summary>
public sealed class TaintToleration : IFilterPlugin, INormalizeScorePlugin, IQueueingHints
{
    public string Name => "TaintToleration";

    public int Weight => 3;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        if (node.Node?.Spec?.Taints is not { Count: > 0 })
        {
            return Status.Success;
        }

        var taint = Tolerations.FirstUntolerated(node.Node?.Spec?.Taints, pod.Spec.Tolerations, "NoSchedule", "NoExecute");
        return taint is null ? Status.Success : Status.Unresolvable($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}");
    }

    public long Score(PodInfo pod, NodeInfo node) =>
        node.Node?.Spec?.Taints is { Count: > 0 } taints
            ? taints.Count(taint => taint.Effect == "PreferNoSchedule"
                && pod.Spec.Tolerations?.Any(toleration => Tolerations.Tolerates(toleration, taint)) != true)
            : 0;

    public void Normalize(Span<long> scores) => ScoreNormalization.Scale(scores, reverse: true);

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded | ClusterChange.NodeTaints)
        && (change.Node is null || Tolerations.FirstUntolerated(change.Node.Spec?.Taints, pod.Spec.Tolerations, "NoSchedule", "NoExecute") is null);
}
