using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>Works out what a pod asks for (Kubernetes' PodRequests, with sidecars after KEP-753).</summary>
public static class PodResources
{
    /// <summary>
    /// What the pod needs at its peak: the sum of the containers and restartable init containers, or the largest
    /// init container together with the restartable ones started before it, whichever is more; plus overhead.
    /// </summary>
    /// <param name="spec">The pod's spec.</param>
    /// <param name="assumeDefaults">Count <see cref="Resources.DefaultCpuMillis"/> and
    /// <see cref="Resources.DefaultMemoryBytes"/> for containers that name no request; scoring does, filtering does not.</param>
    public static Resources Requests(PodSpec spec, bool assumeDefaults = false)
    {
        var total = new Resources();
        foreach (var container in spec.Containers ?? [])
        {
            total.Add(Of(container, assumeDefaults));
        }

        var sidecars = new Resources();
        var peak = new Resources();
        foreach (var container in spec.InitContainers ?? [])
        {
            var request = Of(container, assumeDefaults);
            if (container.RestartPolicy == "Always")
            {
                total.Add(request);
                sidecars.Add(request);
                request = sidecars.Clone();
            }
            else
            {
                request.Add(sidecars);
            }

            peak.Max(request);
        }

        total.Max(peak);
        if (spec.Overhead is { } overhead)
        {
            total.Add(Resources.From(overhead));
        }

        return total;
    }

    private static Resources Of(Container container, bool assumeDefaults)
    {
        var request = Resources.From(container.Resources?.Requests);
        if (assumeDefaults)
        {
            var named = container.Resources?.Requests;
            if (named?.ContainsKey("cpu") != true)
            {
                request.CpuMillis = Resources.DefaultCpuMillis;
            }

            if (named?.ContainsKey("memory") != true)
            {
                request.MemoryBytes = Resources.DefaultMemoryBytes;
            }
        }

        return request;
    }
}
