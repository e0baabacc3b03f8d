using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A pod's quality of service: what its requests and limits of CPU and memory say together.</summary>
internal static class QosClass
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Compute = ["cpu", "memory"];

    public static string Of(Pod pod)
    {
        bool any = false;
        bool guaranteed = true;
        foreach (Container container in pod.AllContainers())
        {
            foreach (string resource in Compute)
            {
                Quantity request = Get(container.Resources?.Requests, resource);
                Quantity limit = Get(container.Resources?.Limits, resource);
                any |= !request.IsZero || !limit.IsZero;
                guaranteed &= !limit.IsZero && (request.IsZero || request == limit);
            }
        }

        return !any ? BestEffort : guaranteed ? Guaranteed : Burstable;
    }

    private static Quantity Get(Dictionary<string, Quantity>? values, string name) =>
        values is not null && values.TryGetValue(name, out Quantity value) ? value : Quantity.Zero;
}
