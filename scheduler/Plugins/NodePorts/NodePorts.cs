using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodePorts;

/// <summary>Two pods can't have one host port of a node.</summary>
public sealed class NodePorts : IPreFilterPlugin, IFilterPlugin
{
    private static readonly Status Taken = Status.Unschedulable("node(s) didn't have free ports for the requested pod ports");

    public string Name => "NodePorts";

    public Status PreFilter(PodInfo pod) => pod.HostPorts.Count > 0 ? Status.Success : Status.Skip;

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var other in node.Pods.Values)
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
}
