using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.TaintToleration;

/// <summary>
/// Leaves out nodes with NoSchedule or NoExecute taints that the pod does not tolerate, and prefers nodes with few
/// PreferNoSchedule taints that it does not tolerate.
/// </summary>
public sealed class TaintToleration : IFilterPlugin, IScorePlugin
{
    public string Name => "TaintToleration";

    public int Weight => 3;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        var taint = Tolerations.FirstUntolerated(node.Node?.Spec?.Taints, pod.Spec.Tolerations, "NoSchedule", "NoExecute");
        return taint is null ? Status.Success : Status.Unresolvable($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}");
    }

    public bool AppliesTo(PodInfo pod, IReadOnlyList<NodeInfo> nodes) =>
        nodes.Any(node => node.Node?.Spec?.Taints?.Any(taint => taint.Effect == "PreferNoSchedule") == true);

    public long Score(PodInfo pod, NodeInfo node) =>
        node.Node?.Spec?.Taints?.Count(taint => taint.Effect == "PreferNoSchedule"
            && pod.Spec.Tolerations?.Any(toleration => Tolerations.Tolerates(toleration, taint)) != true) ?? 0;

    public void Normalize(Span<long> scores) => ScoreNormalization.Scale(scores, reverse: true);
}
