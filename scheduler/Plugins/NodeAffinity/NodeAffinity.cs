using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeAffinity;

/// <summary>
/// The pod's nodeSelector and node affinity: required terms filter, preferred terms add their weight to a node's score.
/// </summary>
public sealed class NodeAffinity : IPreFilterPlugin, IFilterPlugin, IScorePlugin
{
    private static readonly Status Mismatch = Status.Unresolvable("node(s) didn't match Pod's node affinity/selector");

    public string Name => "NodeAffinity";

    public int Weight => 2;

    public Status PreFilter(PodInfo pod) =>
        pod.Spec.NodeSelector is { Count: > 0 } || pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not null
            ? Status.Success
            : Status.Skip;

    public Status Filter(PodInfo pod, NodeInfo node) =>
        node.Node is not null && NodeSelectors.MatchesRequired(pod.Spec, node.Node) ? Status.Success : Mismatch;

    public bool AppliesTo(PodInfo pod, IReadOnlyList<NodeInfo> nodes) =>
        pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution is { Count: > 0 };

    public long Score(PodInfo pod, NodeInfo node)
    {
        long score = 0;
        foreach (var term in pod.Spec.Affinity!.NodeAffinity!.PreferredDuringSchedulingIgnoredDuringExecution!)
        {
            if (term.Preference is not null && NodeSelectors.Matches(term.Preference, node.Node!))
            {
                score += term.Weight;
            }
        }

        return score;
    }

    public void Normalize(Span<long> scores) => ScoreNormalization.Scale(scores, reverse: false);
}
