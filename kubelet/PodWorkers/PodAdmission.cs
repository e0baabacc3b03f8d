using Kube.Api.Core.V1;
using Kube.Api.Selectors;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Whether a node takes a pod that was bound to it: what the scheduler should have seen, looked at again. Pure.</summary>
internal static class PodAdmission
{
    /// <summary>Reason of a refusal for the node's labels, which may only seem so while the newest are on their way.</summary>
    public const string NodeAffinity = "NodeAffinity";

    private const string Anywhere = "0.0.0.0";

    private static readonly string[] Resources = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>Why the pod is refused, or null when it fits beside <paramref name="others"/>. The first reason, in Kubernetes' order and words.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="others">Pods that the node has.</param>
    /// <param name="allocatable">What they may have together.</param>
    /// <param name="node">The node with its labels and taints as they are with the API server.</param>
    public static PodRejection? Check(Pod pod, IEnumerable<Pod> others, IReadOnlyDictionary<string, Quantity> allocatable, Node node)
    {
        List<Pod> present = [.. others];
        if (OutOfResources(pod, present, allocatable) is { } refused)
        {
            return refused;
        }

        if (pod.Spec is { } spec && !NodeSelectors.MatchesRequired(spec, node))
        {
            return Failed(NodeAffinity, "node(s) didn't match Pod's node affinity/selector");
        }

        if (pod.Spec?.NodeName is { Length: > 0 } name && name != node.Metadata.Name)
        {
            return Failed("NodeName", "node(s) didn't match the requested node name");
        }

        if (present.Exists(other => HostPorts(pod).Any(wanted => HostPorts(other).Any(taken => Clash(wanted, taken)))))
        {
            return Failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
        }

        // A static pod is there whatever taints say.
        return !pod.IsStatic() && Tolerations.FirstUntolerated(node.Spec?.Taints, pod.Spec?.Tolerations, "NoExecute") is not null
            ? Failed("TaintToleration", "node(s) had taints that the pod didn't tolerate")
            : null;
    }

    /// <summary>Why the pod's resources do not fit beside those of <paramref name="present"/>, or null.</summary>
    public static PodRejection? OutOfResources(Pod pod, IReadOnlyList<Pod> present, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        if (allocatable.TryGetValue("pods", out Quantity max) && present.Count + 1 > max.Value())
        {
            return Refuse("pods", 1, present.Count, max.Value());
        }

        // What the node does not know, such as resources that are the cluster's, is not the node's to refuse.
        IEnumerable<string> others = allocatable.Keys.Where(n => n != "pods" && !Resources.Contains(n)).Order(StringComparer.Ordinal);
        foreach (string name in Resources.Concat(others))
        {
            long requested = Request(pod, name);
            if (requested == 0 || !allocatable.TryGetValue(name, out Quantity capacity))
            {
                continue;
            }

            long used = present.Sum(p => Request(p, name));
            long has = name == "cpu" ? capacity.MilliValue() : capacity.Value();
            if (used + requested > has)
            {
                return Refuse(name, requested, used, has);
            }
        }

        return null;
    }

    private static IEnumerable<ContainerPort> HostPorts(Pod pod) => pod.Containers()
        .Concat(pod.InitContainers().Where(c => c.IsSidecar()))
        .SelectMany(c => c.Ports ?? [])
        .Where(p => p.HostPort > 0);

    private static bool Clash(ContainerPort a, ContainerPort b) =>
        a.HostPort == b.HostPort && Or(a.Protocol, "TCP") == Or(b.Protocol, "TCP")
        && (Or(a.HostIP, Anywhere) == Anywhere || Or(b.HostIP, Anywhere) == Anywhere || a.HostIP == b.HostIP);

    private static string Or(string? value, string standard) => string.IsNullOrEmpty(value) ? standard : value;

    /// <summary>What a pod asks for: its containers together, or its largest init container if that is more; CPU in thousandths.</summary>
    public static long Request(Pod pod, string name)
    {
        long containers = pod.Containers().Sum(c => Of(c, name));
        long sidecars = 0;
        long init = 0;
        foreach (Container container in pod.InitContainers())
        {
            long own = Of(container, name);
            if (container.IsSidecar())
            {
                sidecars += own;
                init = Math.Max(init, sidecars);
            }
            else
            {
                init = Math.Max(init, sidecars + own);
            }
        }

        long overhead = pod.Spec?.Overhead is { } extra && extra.TryGetValue(name, out Quantity value) ? Units(name, value) : 0;
        return Math.Max(containers + sidecars, init) + overhead;
    }

    private static long Of(Container container, string name) =>
        container.Resources?.Requests is { } requests && requests.TryGetValue(name, out Quantity value) ? Units(name, value) : 0;

    private static long Units(string name, Quantity value) => name == "cpu" ? value.MilliValue() : value.Value();

    private static PodRejection Failed(string predicate, string why) => new(predicate, $"Predicate {predicate} failed: {why}");

    private static PodRejection Refuse(string resource, long requested, long used, long capacity) => new(
        "OutOf" + resource, $"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}");
}
