using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeName;

/// <summary>A pod that names its node fits that node alone.</summary>
public sealed class NodeName : IFilterPlugin, IQueueingHints
{
    private static readonly Status Mismatch = Status.Unresolvable("node(s) didn't match the requested node name").By("NodeName");

    public string Name => "NodeName";

    public Status Filter(PodInfo pod, NodeInfo node) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) || pod.Spec.NodeName == node.Name ? Status.Success : Mismatch;

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded) && (change.Node is null || change.Node.Metadata.Name == pod.Spec.NodeName);
}
