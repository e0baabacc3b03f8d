using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Whether a node takes a pod that was bound to it: what the scheduler should have seen, looked at again. Pure.</summary>
internal static class PodAdmission
{
    private static readonly string[] Resources = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>Why the pod is refused, or null when it fits beside <paramref name="others"/>.</summary>
    public static PodRejection? Check(
        Pod pod, IEnumerable<Pod> others, IReadOnlyDictionary<string, Quantity> allocatable, IReadOnlyDictionary<string, string> nodeLabels)
    {
        foreach ((string key, string value) in pod.Spec?.NodeSelector ?? [])
        {
            if (!nodeLabels.TryGetValue(key, out string? has) || has != value)
            {
                return new PodRejection("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
            }
        }

        List<Pod> present = [.. others];
        if (allocatable.TryGetValue("pods", out Quantity max) && present.Count + 1 > max.Value())
        {
            return Refuse("pods", "pods", 1, present.Count, max.Value());
        }

        foreach (string name in Resources)
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
                return Refuse(name, name, requested, used, has);
            }
        }

        return null;
    }

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

    private static PodRejection Refuse(string reason, string resource, long requested, long used, long capacity) => new(
        "OutOf" + reason, $"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}");
}
