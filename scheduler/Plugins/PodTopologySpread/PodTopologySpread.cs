using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.PodTopologySpread;

/// <summary>Spreads pods evenly over zones, nodes or other domains, as their topologySpreadConstraints say.</summary>
/// <param name="defaults">Constraints of pods that have none of their own and belong to a service or controller; null stands for
/// kube-scheduler's own (nodes, skew 3, and zones, skew 5, both preferred).</param>
public sealed class PodTopologySpread(IReadOnlyList<TopologySpreadConstraint>? defaults = null) : IClusterPlugin, IQueueingHints
{
    private static readonly TopologySpreadConstraint[] SystemDefaults =
    [
        new() { TopologyKey = "kubernetes.io/hostname", WhenUnsatisfiable = "ScheduleAnyway", MaxSkew = 3 },
        new() { TopologyKey = "topology.kubernetes.io/zone", WhenUnsatisfiable = "ScheduleAnyway", MaxSkew = 5 },
    ];

    public string Name => "PodTopologySpread";

    public int Weight => 2;

    public IClusterRule? Prepare(PodInfo pod, ClusterView view)
    {
        SpreadConstraint[] constraints;
        var own = pod.Spec.TopologySpreadConstraints is { Count: > 0 };
        if (own)
        {
            constraints = [.. pod.Spec.TopologySpreadConstraints!.Select(constraint => SpreadConstraint.Of(constraint, pod))];
        }
        else if (view.Facts.PodsAlike(pod) is { } alike)
        {
            constraints = [.. (defaults ?? SystemDefaults).Select(constraint => SpreadConstraint.Of(constraint, alike))];
        }
        else
        {
            return null;
        }

        // Under kube-scheduler's own constraints a node without a zone is still good for spreading over nodes.
        return constraints.Length == 0 ? null : new SpreadRule(pod, view, constraints, requireAllKeys: own || defaults is not null);
    }

    public bool MayHelp(PodInfo pod, ClusterEvent change)
    {
        if (change.Pod is null)
        {
            return change.Is(ClusterChange.Facts | ClusterChange.NodeAdded | ClusterChange.NodeLabels | ClusterChange.NodeTaints);
        }

        return change.Is(ClusterChange.PodAssigned | ClusterChange.PodRemoved | ClusterChange.AssignedPodLabels)
            && change.Pod.Key.Namespace == pod.Key.Namespace
            && (pod.Spec.TopologySpreadConstraints is not { Count: > 0 } constraints
                || constraints.Select(constraint => SpreadConstraint.Of(constraint, pod)).Any(constraint =>
                    constraint.Selector.Matches(change.Pod.Labels) || (change.Before is not null && constraint.Selector.Matches(change.Before.Labels))));
    }
}
