using Kube.Api.Core.V1;
using Kube.Kubelet.Images;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Stats;

namespace Kube.Kubelet.Eviction;

/// <summary>What the eviction manager does on a real node.</summary>
internal sealed class NodeActions(StatsReader stats, PodWorkers.PodWorkers workers, ImageCollector images) : IEvictionActions
{
    public IReadOnlyList<Pod> ActivePods => workers.Active;

    public Task<NodeReading> ReadAsync(CancellationToken cancellation) => stats.ReadAsync(cancellation);

    public async Task ReclaimDiskAsync(CancellationToken cancellation)
    {
        // Containers first: an image is only free once its containers are gone.
        await workers.ReclaimEndedAsync(cancellation);
        await images.RemoveUnusedAsync(cancellation);
    }

    public Task EvictAsync(Pod pod, PodEnd end, CancellationToken cancellation) => workers.EndAsync(pod, end, cancellation);
}
