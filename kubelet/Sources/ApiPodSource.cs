using Kube.Api.Core.V1;
using Kube.Client.Informers;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Sources;

/// <summary>Hands the pods that are bound to this node to their workers, and ends what is left of pods that are gone.</summary>
internal sealed class ApiPodSource(SharedInformer<Pod> informer, PodWorkers.PodWorkers workers, Func<string, CancellationToken, Task<Pod?>> remains)
{
    public void Connect() => informer.AddHandler(workers.Update, Changed, (pod, _) => workers.Remove(pod));

    /// <summary>Ends what the runtime has of pods that the API server does not have; nothing before the first list of pods is whole.</summary>
    public async Task EndOrphansAsync(IReadOnlyCollection<string> uids, CancellationToken cancellation)
    {
        if (!informer.HasSynced)
        {
            return;
        }

        HashSet<string> wanted = [.. informer.Store.List().Select(p => p.Uid())];
        foreach (string uid in uids.Where(u => !workers.Contains(u) && !wanted.Contains(u)))
        {
            if (await remains(uid, cancellation) is { } pod)
            {
                workers.RemoveOrphan(pod);
            }
        }
    }

    private void Changed(Pod before, Pod now)
    {
        if (before.Metadata.Uid != now.Metadata.Uid)
        {
            // Deleted and made anew while nobody watched.
            workers.Remove(before);
        }

        workers.Update(now);
    }
}
