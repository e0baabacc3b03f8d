using Kube.Api.Core.V1;
using Kube.Api.Selectors;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.PodTopologySpread;

/// <summary>One constraint on how evenly pods lie over domains, ready to match.</summary>
/// <param name="TopologyKey">Label of nodes that makes a domain.</param>
/// <param name="MaxSkew">How far a domain may be ahead of the emptiest.</param>
/// <param name="MinDomains">With fewer domains than this the emptiest counts as empty.</param>
/// <param name="IsHard">It filters; otherwise it scores.</param>
/// <param name="HonorAffinity">Only nodes that the pod's node affinity selects count.</param>
/// <param name="HonorTaints">Only nodes whose taints the pod tolerates count.</param>
/// <param name="Selector">The pods that count.</param>
internal sealed record SpreadConstraint(
    string TopologyKey, int MaxSkew, int MinDomains, bool IsHard, bool HonorAffinity, bool HonorTaints, LabelSelector Selector)
{
    /// <summary>Reads a constraint of the pod's own.</summary>
    public static SpreadConstraint Of(TopologySpreadConstraint constraint, PodInfo pod) => Of(
        constraint, LabelMatch.Of(constraint.LabelSelector, LabelMatch.SameAs(constraint.MatchLabelKeys, pod.Labels)));

    /// <summary>Reads a constraint, with a selector from elsewhere.</summary>
    public static SpreadConstraint Of(TopologySpreadConstraint constraint, LabelSelector selector) => new(
        constraint.TopologyKey ?? string.Empty,
        constraint.MaxSkew,
        constraint.MinDomains ?? 1,
        constraint.WhenUnsatisfiable != "ScheduleAnyway",
        constraint.NodeAffinityPolicy != "Ignore",
        constraint.NodeTaintsPolicy == "Honor",
        selector);

    /// <summary>True when pods on the node count.</summary>
    public bool Includes(NodeInfo node, PodInfo pod) =>
        (!HonorAffinity || NodeSelectors.MatchesRequired(pod.Spec, node.Node!))
        && (!HonorTaints || Tolerations.FirstUntolerated(node.Node!.Spec?.Taints, pod.Spec.Tolerations, "NoSchedule", "NoExecute") is null);

    /// <summary>True when the other pod counts. Pods that are ending do not; neither does anything under an empty selector.</summary>
    public bool Counts(PodInfo other, PodInfo pod) =>
        other.Key.Namespace == pod.Key.Namespace && !Selector.IsEverything && !other.IsTerminating && Selector.Matches(other.Labels);
}
