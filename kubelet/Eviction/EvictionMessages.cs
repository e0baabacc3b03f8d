using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Eviction;

/// <summary>Why a pod is evicted, in Kubernetes' words. Pure.</summary>
internal static class EvictionMessages
{
    public const string Reason = "Evicted";

    /// <summary>The message for a pod that goes because something is short on the node.</summary>
    public static string ForPressure(EvictionThreshold threshold, SignalReading reading, PodUsage pod)
    {
        string resource = threshold.Signal.Resource();
        Quantity wanted = threshold.Value.Quantity ?? threshold.Signal.ToQuantity(threshold.Value.Of(reading.Capacity));
        StringBuilder text = new($"The node was low on resource: {resource}. ");
        text.Append($"Threshold quantity: {wanted}, available: {threshold.Signal.ToQuantity(reading.Available)}. ");
        foreach (ContainerUsage usage in pod.Containers)
        {
            if (pod.Pod.Containers().FirstOrDefault(c => c.Name == usage.Name) is { } container
                && Used(usage, resource) is { } used
                && Request(container, resource) is var request
                && used > request)
            {
                text.Append($"Container {usage.Name} was using {used}, request is {request}, has larger consumption of {resource}. ");
            }
        }

        return text.ToString();
    }

    /// <summary>The message of a pod that is not taken because the node has a condition.</summary>
    public static string NotAdmitted(IEnumerable<string> conditions) =>
        $"The node had condition: [{string.Join(' ', conditions.Order(StringComparer.Ordinal))}]. ";

    private static Quantity? Used(ContainerUsage usage, string resource) => resource switch
    {
        "memory" => Quantity.FromBytes(usage.MemoryBytes),
        "ephemeral-storage" => Quantity.FromBytes(usage.Root.Bytes + usage.Logs.Bytes),
        _ => null,
    };

    private static Quantity Request(Container container, string resource) =>
        container.Resources?.Requests is { } requests && requests.TryGetValue(resource, out Quantity value) ? value : Quantity.Zero;
}
