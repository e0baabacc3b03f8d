using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Client.Rest;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Sources;

/// <summary>Writes pods' statuses, and deletes pods that have ended, through the API server.</summary>
internal sealed class ApiPods(KubeClient client) : IPodApi
{
    /// <summary>Where a static pod's status goes: its mirror, or null while it has none.</summary>
    public Func<Pod, Pod?> MirrorOf { get; set; } = static _ => null;

    private readonly ResourceClient<Pod> _pods = client.For<Pod>();

    public async Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation)
    {
        if (pod.IsStatic())
        {
            if (MirrorOf(pod) is not { } mirror)
            {
                // It gets the status when it comes.
                return false;
            }

            patch["metadata"]!["uid"] = mirror.Metadata.Uid;
        }

        return await FoundAsync(
            () => _pods.PatchAsync(pod.Metadata.Namespace, pod.Metadata.Name!, Patch.Strategic(patch), "status", cancellation));
    }

    public Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation) => FoundAsync(() => _pods.DeleteAsync(
        pod.Metadata.Namespace,
        pod.Metadata.Name!,
        new DeleteRequest { GracePeriodSeconds = 0, PreconditionUid = pod.Metadata.Uid },
        cancellation));

    private static async Task<bool> FoundAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // A conflict here is one of the uid: the name belongs to another pod now.
            return false;
        }
    }
}
