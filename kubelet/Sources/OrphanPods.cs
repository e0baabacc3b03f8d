using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;

namespace Kube.Kubelet.Sources;

/// <summary>Makes as much of a pod as the runtime remembers, for pods that nobody else remembers.</summary>
internal static class OrphanPods
{
    /// <summary>The pod as its sandbox and containers name it, or null when the runtime has nothing of it.</summary>
    public static async Task<Pod?> FindAsync(ICriRuntime runtime, string uid, CancellationToken cancellation)
    {
        PodRuntimeStatus status = await PodRuntimeStatus.ReadAsync(runtime, uid, cancellation);
        IDictionary<string, string>? labels = status.Sandbox?.Labels ?? (status.Containers.Count > 0 ? status.Containers[0].Status.Labels : null);
        if (labels is null
            || !labels.TryGetValue(KubeletLabels.PodName, out string? name)
            || !labels.TryGetValue(KubeletLabels.PodNamespace, out string? ns))
        {
            return null;
        }

        long? grace = null;
        foreach (RuntimeContainer container in status.Containers)
        {
            if (container.Status.Annotations.TryGetValue(KubeletLabels.GracePeriod, out string? seconds))
            {
                grace = long.Parse(seconds, CultureInfo.InvariantCulture);
            }
        }

        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = ns, Uid = uid },
            Spec = new PodSpec { TerminationGracePeriodSeconds = grace },
        };
    }
}
