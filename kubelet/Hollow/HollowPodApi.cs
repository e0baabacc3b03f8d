using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Client.Rest;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Sources;

namespace Kube.Kubelet.Hollow;

/// <summary>Writes about each pod as the node that it is on.</summary>
internal sealed class HollowPodApi(IReadOnlyDictionary<string, KubeClient> clients) : IPodApi
{
    private readonly Dictionary<string, ApiPods> _nodes = clients.ToDictionary(c => c.Key, c => new ApiPods(c.Value), StringComparer.Ordinal);

    public Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation) =>
        _nodes[pod.Spec!.NodeName!].PatchStatusAsync(pod, patch, cancellation);

    public Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation) => _nodes[pod.Spec!.NodeName!].DeleteAsync(pod, cancellation);
}
