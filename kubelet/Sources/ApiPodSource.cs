using Kube.Api.Core.V1;
using Kube.Client.Informers;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Sources;

/// <summary>Hands the pods that are bound to this node to their workers, and ends what is left of pods that are gone.</summary>
internal sealed class ApiPodSource(
    SharedInformer<Pod> informer, PodWorkers.PodWorkers workers, MirrorPods mirrors, StaticPodSource? statics, Func<string, CancellationToken, Task<Pod?>> remains)
{
    public void Connect() => informer.AddHandler(Came, Changed, (pod, _) => Gone(pod));

    /// <summary>Ends what the runtime has of pods that the API server does not have; nothing before all sources have told of their pods.</summary>
    public async Task EndOrphansAsync(IReadOnlyCollection<string> uids, CancellationToken cancellation)
    {
        if (!informer.HasSynced || statics is { HasScanned: false })
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

    private void Came(Pod pod)
    {
        if (MirrorPods.IsMirror(pod))
        {
            mirrors.Seen(pod);
        }
        else
        {
            workers.Update(pod);
        }
    }

    private void Changed(Pod before, Pod now)
    {
        if (before.Metadata.Uid != now.Metadata.Uid)
        {
            // Deleted and made anew while nobody watched.
            Gone(before);
        }

        Came(now);
    }

    private void Gone(Pod pod)
    {
        if (MirrorPods.IsMirror(pod))
        {
            mirrors.Gone(pod);
        }
        else
        {
            workers.Remove(pod);
        }
    }
}
