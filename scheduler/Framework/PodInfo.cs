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

    /// <summary>The host ports of all containers of a pod.</summary>
    public static IReadOnlyList<HostPort> Of(PodSpec spec) =>
    [
        .. (spec.Containers ?? []).Concat((spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always"))
            .SelectMany(container => container.Ports ?? [])
            .Where(port => port.HostPort > 0)
            .Select(port => new HostPort(
                string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol,
                string.IsNullOrEmpty(port.HostIP) ? AnyAddress : port.HostIP,
                port.HostPort)),
    ];
}

/// <summary>A pod and what scheduling derives from its spec, worked out once. Immutable.</summary>
public sealed class PodInfo
{
    private string? _shape;

    public PodInfo(Pod pod)
    {
        Pod = pod;
        Spec = pod.Spec ?? new PodSpec();
        Key = new PodKey(pod.Metadata.Namespace ?? string.Empty, pod.Metadata.Name ?? string.Empty);
        Uid = pod.Metadata.Uid ?? string.Empty;
        Requests = PodResources.Requests(Spec);
        ScoredRequests = PodResources.Requests(Spec, assumeDefaults: true);
        HostPorts = HostPort.Of(Spec);
        Affinity = PodAffinities.Of(pod);
    }

    public Pod Pod { get; }

    public PodSpec Spec { get; }

    public PodKey Key { get; }

    public string Uid { get; }

    public Dictionary<string, string>? Labels => Pod.Metadata.Labels;

    /// <summary>True once the pod has been told to end.</summary>
    public bool IsTerminating => Pod.Metadata.DeletionTimestamp is not null;

    /// <summary>What the pod asks for; filtering counts this.</summary>
    public Resources Requests { get; }

    /// <summary>What scoring assumes that the pod uses.</summary>
    public Resources ScoredRequests { get; }

    public IReadOnlyList<HostPort> HostPorts { get; }

    /// <summary>The pod's affinity and anti-affinity to other pods.</summary>
    public PodAffinities Affinity { get; }

    public int Priority => Spec.Priority ?? 0;

    /// <summary>
    /// Equal for pods that every plugin treats alike, whatever the cluster looks like: all that filters and scores read
    /// of a pod. Pods of one ReplicaSet have one shape.
    /// </summary>
    public string Shape => string.IsNullOrEmpty(Spec.NodeName) ? ShapeUnbound : $"{ShapeUnbound}n{Spec.NodeName}";

    /// <summary>The shape but for the node's name: what the pod had when it was decided on.</summary>
    public string ShapeUnbound => _shape ??= PodShape.Of(this);
}

/// <summary>Namespace and name of a pod.</summary>
public readonly record struct PodKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
