using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.Disks;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Eviction;

/// <summary>Whether a pod has outgrown what it may have on the node's disk, in Kubernetes' words. Pure.</summary>
internal static class StorageLimits
{
    private const string Resource = "ephemeral-storage";

    /// <summary>Why the pod must go, or null: an empty directory, the whole pod, or a container is over its limit.</summary>
    /// <param name="pod">The pod and what it uses.</param>
    /// <param name="imagesApart">Whether containers' roots are on a disk of their own, and so do not count for a container.</param>
    public static string? Exceeded(PodUsage pod, bool imagesApart) =>
        !pod.Known ? null : EmptyDirectory(pod) ?? Whole(pod) ?? OneContainer(pod, imagesApart);

    private static string? EmptyDirectory(PodUsage pod)
    {
        foreach (Volume volume in pod.Pod.Spec?.Volumes ?? [])
        {
            if (volume.EmptyDir?.SizeLimit is { Sign: > 0 } limit
                && pod.Volumes.TryGetValue(volume.Name!, out DiskUsage used)
                && Quantity.FromBytes(used.Bytes) > limit)
            {
                return $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit \"{limit}\". ";
            }
        }

        return null;
    }

    private static string? Whole(PodUsage pod)
    {
        // A pod's limit is what may run together: its containers and sidecars, or an init container and the sidecars before it. One without a limit adds none.
        Quantity sidecars = Quantity.Zero;
        Quantity most = Quantity.Zero;
        foreach (Container init in pod.Pod.InitContainers())
        {
            Quantity together = sidecars + (Limit(init) ?? Quantity.Zero);
            sidecars = init.IsSidecar() ? together : sidecars;
            most = together > most ? together : most;
        }

        Quantity sum = pod.Pod.Containers().Aggregate(sidecars, static (all, c) => all + (Limit(c) ?? Quantity.Zero));
        sum = most > sum ? most : sum;
        return pod.Pod.AllContainers().Any(static c => Limit(c) is not null) && Quantity.FromBytes(pod.Disk.Bytes) > sum
            ? $"Pod ephemeral local storage usage exceeds the total limit of containers {sum}. "
            : null;
    }

    private static string? OneContainer(PodUsage pod, bool imagesApart)
    {
        foreach (ContainerUsage usage in pod.Containers)
        {
            long bytes = usage.Logs.Bytes + (imagesApart ? 0 : usage.Root.Bytes);
            if (pod.Pod.Containers().FirstOrDefault(c => c.Name == usage.Name) is { } container
                && Limit(container) is { IsZero: false } limit
                && Quantity.FromBytes(bytes) > limit)
            {
                return $"Container {usage.Name} exceeded its local ephemeral storage limit \"{limit}\". ";
            }
        }

        return null;
    }

    private static Quantity? Limit(Container container) =>
        container.Resources?.Limits is { } limits && limits.TryGetValue(Resource, out Quantity value) ? value : null;
}
