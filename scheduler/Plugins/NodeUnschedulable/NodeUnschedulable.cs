using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeUnschedulable;

/// <summary>Leaves cordoned nodes out, but for pods that tolerate the taint that says the same.</summary>
public sealed class NodeUnschedulable : IFilterPlugin, IQueueingHints
{
    private static readonly Status Cordoned = Status.Unresolvable("node(s) were unschedulable").By("NodeUnschedulable");
    private static readonly Taint Taint = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public string Name => "NodeUnschedulable";

    public Status Filter(PodInfo pod, NodeInfo node) =>
        node.Node?.Spec?.Unschedulable != true || pod.Spec.Tolerations?.Any(toleration => Tolerations.Tolerates(toleration, Taint)) == true
            ? Status.Success
            : Cordoned;

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded | ClusterChange.NodeUnschedulable) && change.Node?.Spec?.Unschedulable != true;
}
