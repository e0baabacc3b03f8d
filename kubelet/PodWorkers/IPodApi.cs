using System.Text.Json.Nodes;
using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>The two things a kubelet writes about pods. NotFound and a pod of another uid are answered by false.</summary>
internal interface IPodApi
{
    /// <summary>Patches the status by strategic merge; answers false when that pod is not there any more.</summary>
    Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation);

    /// <summary>Deletes the object at once, provided that it still is this pod.</summary>
    Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation);
}
