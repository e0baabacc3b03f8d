using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Kubelet.Pleg;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.NodeStatus;

/// <summary>Looks at runtime and machine for what the node's status says.</summary>
internal sealed class NodeObserver(
    ICriRuntime runtime, PodLifecycleEvents lifecycle, MachineFacts machine, string rootDirectory, TimeProvider time)
{
    /// <summary>Images named in the status, Kubernetes' own limit.</summary>
    private const int MaxImages = 50;

    private const int MaxImageNames = 5;

    public async Task<NodeObservation> ObserveAsync(CancellationToken cancellation)
    {
        List<string> notReady = [];
        if (lifecycle.Unhealthy() is { } unhealthy)
        {
            notReady.Add(unhealthy);
        }

        IReadOnlyList<Cri.Image> images = [];
        try
        {
            Cri.StatusResponse status = await runtime.StatusAsync(false, cancellation);
            foreach (Cri.RuntimeCondition condition in status.Status.Conditions.Where(c => !c.Status))
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

        DriveInfo disk = new(rootDirectory);
        return new NodeObservation
        {
            Now = time.GetUtcNow(),
            NotReady = notReady,
            AvailableMemoryBytes = MachineFacts.AvailableMemoryBytes(),
            FreeDiskFraction = (double)disk.AvailableFreeSpace / disk.TotalSize,
            FreeProcesses = machine.MaxProcesses - MachineFacts.Processes(),
            Images =
            [
                .. images.OrderByDescending(i => i.Size).ThenBy(i => i.Id, StringComparer.Ordinal).Take(MaxImages).Select(i => new ContainerImage
                {
                    Names = [.. i.RepoDigests.Concat(i.RepoTags).Take(MaxImageNames)],
                    SizeBytes = (long)i.Size,
                }),
            ],
        };
    }
}
