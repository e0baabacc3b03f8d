using Kube.Hosting;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Volumes;
using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>Ends what a kubelet left running: its pods outlive it by design, a cluster that is taken down has none.</summary>
public static class KubeletCleanup
{
    /// <summary>Removes every sandbox of the node with its containers, by force, and the pods' volumes; answers how many. The kubelet must not run.</summary>
    /// <exception cref="StartupException">The runtime cannot be used.</exception>
    public static async Task<int> RunAsync(KubeletOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellation)
    {
        await using var runtime = await RuntimeChooser.OpenAsync(options, time, logs, cancellation).ConfigureAwait(false);
        var filter = new PodSandboxFilter { LabelSelector = { [KubeletLabels.Kubelet] = options.NodeName } };
        var sandboxes = await runtime.ListPodSandboxAsync(filter, cancellation).ConfigureAwait(false);
        foreach (var sandbox in sandboxes)
        {
            await runtime.RemovePodSandboxAsync(sandbox.Id, cancellation).ConfigureAwait(false);
        }

        // Whoever deletes the directory next must not reach through what is mounted there.
        foreach (var uid in VolumeManager.PodsOnDisk(options.RootDirectory))
        {
            VolumeManager.Unmount(options.RootDirectory, uid);
        }

        return sandboxes.Count;
    }
}
