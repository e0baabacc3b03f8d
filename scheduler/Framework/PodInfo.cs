using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>A host port that a pod takes on its node.</summary>
public readonly record struct HostPort(string Protocol, string Address, int Port)
{
    private const string AnyAddress = "0.0.0.0";

    /// <summary>True when both can't be had on one node: the wildcard address takes the port on all.</summary>
    public bool ConflictsWith(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol
        && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);

    /// <summary>The host ports of a pod's containers and restartable init containers.</summary>
    public static HostPort[] Of(PodSpec spec)
    {
        List<HostPort>? found = null;
        Add(spec.Containers, sidecarsOnly: false, ref found);
        Add(spec.InitContainers, sidecarsOnly: true, ref found);
        return found is null ? [] : [.. found];
    }

    private static void Add(List<Container>? containers, bool sidecarsOnly, ref List<HostPort>? into)
    {
        foreach (var container in containers ?? [])
        {
            if (sidecarsOnly && container.RestartPolicy != "Always")
            {
                continue;
            }

            foreach (var port in container.Ports ?? [])
            {
                if (port.HostPort > 0)
                {
                    (into ??= []).Add(new HostPort(
                        string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol,
                        string.IsNullOrEmpty(port.HostIP) ? AnyAddress : port.HostIP,
                        port.HostPort));
                }
            }
        }
    }
}

/// <summary>A pod and what scheduling derives from its spec, worked out once. Immutable.</summary>
public sealed class PodInfo
{
    public PodInfo(Pod pod)
    {
        Pod = pod;
        Spec = pod.Spec ?? new PodSpec();
        Key = new PodKey(pod.Metadata.Namespace ?? string.Empty, pod.Metadata.Name ?? string.Empty);
        Uid = pod.Metadata.Uid ?? string.Empty;
        Claims = PodClaim.Of(pod);
        Shape = PodShape.Of(pod);
    }

    public Pod Pod { get; }

    public PodSpec Spec { get; }

    public PodKey Key { get; }

    public string Uid { get; }

    public Dictionary<string, string>? Labels => Pod.Metadata.Labels;

    /// <summary>True once the pod has been told to end.</summary>
    public bool IsTerminating => Pod.Metadata.DeletionTimestamp is not null;

    /// <summary>The persistent volume claims that the pod uses.</summary>
    public IReadOnlyList<PodClaim> Claims { get; }

    public int Priority => Spec.Priority ?? 0;

    /// <summary>All that plugins read of the pod but for the node that it names itself, and what is derived from that.</summary>
    public PodShape Shape { get; }

    /// <summary>What the pod asks for; filtering counts this.</summary>
    public Resources Requests => Shape.Requests;

    /// <summary>What scoring assumes that the pod uses.</summary>
    public Resources ScoredRequests => Shape.ScoredRequests;

    public IReadOnlyList<HostPort> HostPorts => Shape.HostPorts;

    /// <summary>The pod's affinity and anti-affinity to other pods.</summary>
    public PodAffinities Affinity => Shape.Affinity;
}

/// <summary>Namespace and name of a pod.</summary>
public readonly record struct PodKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
