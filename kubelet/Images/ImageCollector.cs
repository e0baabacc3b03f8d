using Grpc.Core;
using Kube.Client.Events;
using Kube.Kubelet.Disks;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Microsoft.Extensions.Logging;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Images;

/// <summary>
/// Removes images that no container uses when the disk they are on gets full, or on demand. Several kubelets on one runtime see each
/// other's containers, so none removes what another uses. Thread-safe: one removal at a time.
/// </summary>
internal sealed partial class ImageCollector(
    ICriRuntime runtime,
    ImagePolicy policy,
    Func<CancellationToken, Task<FileSystemReading>> imageFs,
    IEventRecorder events,
    KubeletNode node,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private readonly ImageRecords _records = new();
    private readonly SemaphoreSlim _one = new(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(Period, time);
        await TryAsync(DetectAsync, cancellation);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            await TryAsync(CollectAsync, cancellation);
        }
    }

    /// <summary>Removes images until the disk is below the low threshold, if it is above the high one, and those that are too old.</summary>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public async Task CollectAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await DetectAsync(cancellation);
            if (policy.MaximumAge > TimeSpan.Zero)
            {
                foreach (string id in _records.TooOld(policy.MaximumAge, time.GetUtcNow()).ToList())
                {
                    await RemoveAsync(id, cancellation);
                }
            }

            FileSystemReading fs = await imageFs(cancellation);
            if (fs.CapacityBytes == 0)
            {
                events.Event(node.Reference, "Warning", "InvalidDiskCapacity", "invalid capacity 0 on image filesystem");
                return;
            }

            long wanted = policy.BytesToFree(fs.CapacityBytes, fs.AvailableBytes);
            if (wanted <= 0)
            {
                return;
            }

            long freed = await FreeAsync(wanted, cancellation);
            if (freed < wanted)
            {
                events.Event(
                    node.Reference,
                    "Warning",
                    "FreeDiskSpaceFailed",
                    $"Failed to garbage collect required amount of images. Attempted to free {wanted} bytes, but only found {freed} bytes eligible to free.");
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Removes every image that may go.</summary>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public async Task RemoveUnusedAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await DetectAsync(cancellation);
            await FreeAsync(long.MaxValue, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<long> FreeAsync(long wanted, CancellationToken cancellation)
    {
        long freed = 0;
        foreach ((string id, long size) in _records.Removable(policy.MinimumAge, time.GetUtcNow()).ToList())
        {
            if (freed >= wanted)
            {
                break;
            }

            freed += await RemoveAsync(id, cancellation) ? size : 0;
        }

        return freed;
    }

    private async Task<bool> RemoveAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await runtime.RemoveImageAsync(new Cri.ImageSpec { Image = id }, cancellation);
            LogRemoved(id);
            return true;
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            LogRemoveFailed(id, CriError.Text(e));
            return false;
        }
    }

    private async Task DetectAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<Cri.Image> images = await runtime.ListImagesAsync(null, cancellation);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (Cri.Container container in await runtime.ListContainersAsync(null, cancellation))
        {
            used.Add(container.ImageRef);
            used.Add(container.ImageId);
            used.Add(container.Image?.Image ?? "");
        }

        // A container may name its image by id, digest or tag.
        HashSet<string> usedIds =
        [
            .. images.Where(i => used.Contains(i.Id) || i.RepoDigests.Any(used.Contains) || i.RepoTags.Any(used.Contains)).Select(i => i.Id),
        ];
        _records.Look([.. images.Select(i => new NodeImage(i.Id, (long)i.Size, i.Pinned))], usedIds, now);
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        try
        {
            await step(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is RpcException or IOException)
        {
            LogCollectFailed(e is RpcException rpc ? CriError.Text(rpc) : e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "image {Image} was removed: no container uses it")]
    private partial void LogRemoved(string image);

    [LoggerMessage(2, LogLevel.Warning, "image {Image} could not be removed: {Reason}")]
    private partial void LogRemoveFailed(string image, string reason);

    [LoggerMessage(3, LogLevel.Warning, "images could not be looked through, it is tried again: {Reason}")]
    private partial void LogCollectFailed(string reason);
}
