using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Pods near to, or away from, other pods: required terms filter, preferred ones score, and those of the pods that are there already
/// count too (anti-affinity is symmetric; affinity of others draws a pod to them).
/// </summary>
/// <param name="hardPodAffinityWeight">What a required affinity term of a pod that is there counts in the score of a pod that it selects.</param>
/// <param name="ignorePreferredTermsOfExistingPods">Leave the preferred terms of other pods out when the pod itself has none.</param>
public sealed class InterPodAffinity(int hardPodAffinityWeight = 1, bool ignorePreferredTermsOfExistingPods = false) : IClusterPlugin, IQueueingHints
{
    public string Name => "InterPodAffinity";

    public int Weight => 2;

    public IClusterRule? Prepare(PodInfo pod, ClusterView view) =>
        new InterPodAffinityRule(pod, view, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods);

    public bool MayHelp(PodInfo pod, ClusterEvent change)
    {
        if (change.Is(ClusterChange.Node))
        {
            return change.Is(ClusterChange.NodeAdded | ClusterChange.NodeLabels | ClusterChange.NodeTaints);
        }

        if (change.Is(ClusterChange.Facts) || change.Pod is null)
        {
            return true;
        }

        var other = change.Pod;
        if (change.Is(ClusterChange.PodRemoved | ClusterChange.AssignedPodLabels))
        {
            // One that stood in the way is gone, or no longer what either of the two keeps away from.
            if (pod.Affinity.RequiredAnti.Any(term => Selects(term, change.Before ?? other))
                || other.Affinity.RequiredAnti.Any(term => Selects(term, pod)))
            {
                return true;
            }
        }

        return change.Is(ClusterChange.PodAssigned | ClusterChange.AssignedPodLabels)
            && pod.Affinity.Required.Any(term => Selects(term, other));
    }

    /// <summary>Namespaces chosen by label are taken as chosen: a hint may hope too much.</summary>
    private static bool Selects(AffinityTerm term, PodInfo pod) =>
        (term.Namespaces.Contains(pod.Key.Namespace) || !term.NamespaceSelector.IsNothing) && term.Selector.Matches(pod.Labels);
}
