using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>What it takes to give a running container other resources.</summary>
internal enum ResizeStep
{
    None,
    Update,
    Restart,
}

/// <summary>In-place changes of the CPU and memory of a running pod (KEP 1287, as of Kubernetes 1.32). Pure.</summary>
internal static class PodResize
{
    /// <summary>Values of status.resize.</summary>
    public const string InProgress = "InProgress";
    public const string Deferred = "Deferred";
    public const string Infeasible = "Infeasible";

    private static readonly string[] Resizable = ["cpu", "memory"];

    /// <summary>Whether two requirements ask for the same CPU and memory.</summary>
    public static bool Same(ResourceRequirements? a, ResourceRequirements? b) =>
        Array.TrueForAll(Resizable, r => Get(a?.Requests, r) == Get(b?.Requests, r) && Get(a?.Limits, r) == Get(b?.Limits, r));

    /// <summary>The pod with these resources instead of its containers' own; the pod itself where there are none others.</summary>
    public static Pod With(Pod pod, IReadOnlyDictionary<string, ResourceRequirements> allocated)
    {
        if (!pod.Containers().Any(c => allocated.TryGetValue(c.Name!, out ResourceRequirements? other) && !Same(c.Resources, other)))
        {
            return pod;
        }

        Pod copy = Api.Json.KubeJson.Deserialize<Pod>(Api.Json.KubeJson.Serialize(pod));
        foreach (Container container in copy.Containers())
        {
            container.Resources = allocated.GetValueOrDefault(container.Name!, container.Resources ?? new ResourceRequirements());
        }

        return copy;
    }

    /// <summary>What has to be done so that a container with the resources it <paramref name="has"/> gets those it should have.</summary>
    public static ResizeStep Step(Container container, ResourceRequirements has)
    {
        ResizeStep step = ResizeStep.None;
        foreach (string resource in Resizable)
        {
            if (Get(container.Resources?.Limits, resource) == Get(has.Limits, resource)
                && Get(container.Resources?.Requests, resource) == Get(has.Requests, resource))
            {
                continue;
            }

            string? policy = container.ResizePolicy?.Find(p => p.ResourceName == resource)?.RestartPolicy;
            step = policy == "RestartContainer" ? ResizeStep.Restart : step == ResizeStep.Restart ? step : ResizeStep.Update;
        }

        return step;
    }

    /// <summary>Whether the pod asks for more than the node has, whatever else runs there.</summary>
    public static bool ExceedsNode(Pod pod, IReadOnlyDictionary<string, Quantity> allocatable) => Array.Exists(
        Resizable,
        r => allocatable.TryGetValue(r, out Quantity node) && PodAdmission.Request(pod, r) > (r == "cpu" ? node.MilliValue() : node.Value()));

    private static Quantity Get(Dictionary<string, Quantity>? values, string name) =>
        values is not null && values.TryGetValue(name, out Quantity value) ? value : Quantity.Zero;
}
