using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodePorts;

/// <summary>Two pods can't have one host port of a node.</summary>
public sealed class NodePorts : IPreFilterPlugin, IFilterPlugin, IQueueingHints
{
    private static readonly Status Taken = Status.Unschedulable("node(s) didn't have free ports for the requested pod ports").By("NodePorts");

    public string Name => "NodePorts";

    public PreFilterResult PreFilter(PodInfo pod, ClusterView view) => pod.HostPorts.Count > 0 ? Status.Success : Status.Skip;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var other in node.Pods.AsSpan())
        {
            foreach (var taken in other.HostPorts)
            {
                foreach (var wanted in pod.HostPorts)
                {
                    if (wanted.ConflictsWith(taken))
                    {
                        return Taken;
                    }
                }
            }
        }

        return Status.Success;
    }

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded)
        || (change.Is(ClusterChange.PodRemoved)
            && (change.Pod is null || change.Pod.HostPorts.Any(taken => pod.HostPorts.Any(wanted => wanted.ConflictsWith(taken)))));
}
