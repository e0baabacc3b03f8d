using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Kubelet.Runtime;
using Microsoft.Extensions.Logging;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class PodWorker
{
    /// <summary>A change that does not fit now is looked at again after this.</summary>
    private static readonly TimeSpan RetryResizeAfter = TimeSpan.FromSeconds(10);

    private PodAllocation? _allocation;
    private volatile Pod? _allocatedPod;
    private string? _resize;

    /// <summary>The pod with the resources that the node has given it, which may be others than it asks for by now.</summary>
    public Pod AllocatedPod => _allocatedPod ?? Pod;

    /// <summary>From now on the pod has what it asks for in the eyes of the node's other pods.</summary>
    internal void Take(Pod wanted) => _allocatedPod = wanted;

    private PodAllocation Allocation => _allocation ??= LoadAllocation();

    /// <summary>Without its file a pod has what its containers were made with: no reason to leave it as it is for ever.</summary>
    private PodAllocation LoadAllocation()
    {
        string file = Path.Combine(_services.Volumes.PodDirectory(Pod.Uid()), "allocation.json");
        try
        {
            return PodAllocation.Load(file);
        }
        catch (InvalidDataException e)
        {
            LogAllocationLost(_services.Logger, Pod.Describe(), e.Message);
            return new PodAllocation(file);
        }
    }

    /// <summary>The pod as the node runs it: changed resources are in it once the node has room for them.</summary>
    private Pod Allocate(Pod wanted, PodRuntimeStatus runtime)
    {
        Pod allocated = PodResize.With(wanted, KnownAllocation(wanted, runtime));
        _allocatedPod = allocated;
        _resize = null;
        if (!ReferenceEquals(allocated, wanted))
        {
            _resize = _resizing(this, wanted);
            if (_resize is null)
            {
                Allocation.Allocate(wanted);
                allocated = wanted;
            }
        }

        if (_resize is null && allocated.Containers().Any(c =>
            runtime.FindInSandbox(c.Name) is { Running: true } running && Allocation.Applied(running) is { } has && !PodResize.Same(c.Resources, has)))
        {
            _resize = PodResize.InProgress;
        }

        return allocated;
    }

    /// <summary>What is on record; for a container that runs and is not on record, what it was made with.</summary>
    private Dictionary<string, ResourceRequirements> KnownAllocation(Pod wanted, PodRuntimeStatus runtime)
    {
        Dictionary<string, ResourceRequirements> known = new(Allocation.Allocated, StringComparer.Ordinal);
        foreach (Container container in wanted.Containers().Where(c => !known.ContainsKey(c.Name!)))
        {
            if (runtime.FindInSandbox(container.Name) is { Running: true } running && Allocation.Applied(running) is { } has)
            {
                known[container.Name!] = has;
            }
        }

        return known;
    }

    /// <summary>Gives running containers other resources; answers when to try again, or null when they have them.</summary>
    private async Task<TimeSpan?> UpdateResourcesAsync(Pod pod, IReadOnlyList<ContainerToUpdate> updates, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        TimeSpan? wake = null;
        foreach ((RuntimeContainer running, Container container) in updates)
        {
            try
            {
                await _services.Runtime.UpdateContainerResourcesAsync(
                    new Cri.UpdateContainerResourcesRequest
                    {
                        ContainerId = running.Id,
                        Linux = ContainerResources.Of(pod, container, _services.Node.MemoryBytes, _services.Node.GroupsAreUnified),
                    },
                    cancellation);
                Allocation.Apply(running, container.Resources ?? new ResourceRequirements(), runtime);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                // A runtime without limits has none to change: what the node counts is all there is.
                Allocation.Apply(running, container.Resources ?? new ResourceRequirements(), runtime);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                LogResizeFailed(_services.Logger, container.Name!, pod.Describe(), CriError.Text(e));
                wake = RetryResizeAfter;
            }
        }

        return wake;
    }

    [LoggerMessage(2, LogLevel.Warning, "the resources of container {Container} in pod {Pod} could not be changed, it is tried again: {Reason}")]
    private static partial void LogResizeFailed(ILogger logger, string container, string pod, string reason);

    [LoggerMessage(3, LogLevel.Error, "what pod {Pod} was given is not known any more: {Reason}")]
    private static partial void LogAllocationLost(ILogger logger, string pod, string reason);
}
