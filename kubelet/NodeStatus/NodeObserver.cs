using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Kubelet.Pleg;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.NodeStatus;

/// <summary>Looks at runtime and machine for what the node's status says.</summary>
internal sealed class NodeObserver(
    ICriRuntime runtime, PodLifecycleEvents lifecycle, Func<IReadOnlySet<string>> pressures, Func<bool> shuttingDown, int maxImages, TimeProvider time)
{
    private const int MaxImageNames = 5;

    public async Task<NodeObservation> ObserveAsync(CancellationToken cancellation)
    {
        List<string> notReady = [];
        if (lifecycle.Unhealthy() is { } unhealthy)
        {
            notReady.Add(unhealthy);
        }

        if (shuttingDown())
        {
            notReady.Add("node is shutting down");
        }

        IReadOnlyList<Cri.Image> images = [];
        Cri.StatusResponse? runtimeStatus = null;
        try
        {
            runtimeStatus = await runtime.StatusAsync(false, cancellation);
            foreach (Cri.RuntimeCondition condition in runtimeStatus.Status.Conditions.Where(c => !c.Status))
            {
                notReady.Add(condition.Type == "NetworkReady"
                    ? $"container runtime network not ready: NetworkReady=false reason:{condition.Reason} message:{condition.Message}"
                    : $"container runtime is down: {condition.Type}=false reason:{condition.Reason} message:{condition.Message}");
            }

            images = await runtime.ListImagesAsync(null, cancellation);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            notReady.Add("container runtime status check may not have completed yet: " + CriError.Text(e));
        }

        return new NodeObservation
        {
            Now = time.GetUtcNow(),
            NotReady = notReady,
            Pressures = pressures(),
            Handlers = [.. (runtimeStatus?.RuntimeHandlers ?? []).Select(Handler)],
            SupplementalGroups = runtimeStatus?.Features?.SupplementalGroupsPolicy,
            Images =
            [
                .. images.OrderByDescending(i => i.Size).ThenBy(i => i.Id, StringComparer.Ordinal).Take(maxImages < 0 ? int.MaxValue : maxImages).Select(i => new ContainerImage
                {
                    Names = [.. i.RepoDigests.Concat(i.RepoTags).Take(MaxImageNames)],
                    SizeBytes = (long)i.Size,
                }),
            ],
        };
    }

    private static NodeRuntimeHandler Handler(Cri.RuntimeHandler handler) => new()
    {
        Name = handler.Name,
        Features = new NodeRuntimeHandlerFeatures
        {
            RecursiveReadOnlyMounts = handler.Features?.RecursiveReadOnlyMounts,
            UserNamespaces = handler.Features?.UserNamespaces,
        },
    };
}
