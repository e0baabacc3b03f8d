using System.Collections.Concurrent;
using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>The workers of the node's pods, one for each uid. Thread-safe.</summary>
internal sealed class PodWorkers(PodServices services, IReadOnlyDictionary<string, string> nodeLabels) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new();
    private readonly Lock _admission = new();
    private bool _ended;

    /// <summary>The pods the node has, with the statuses last made.</summary>
    public IReadOnlyList<(Pod Pod, PodStatus? Status)> Pods => [.. _workers.Values.Select(w => (w.Pod, w.Status))];

    /// <summary>The pod of that namespace and name, or null.</summary>
    public (Pod Pod, PodStatus? Status)? Find(string ns, string name)
    {
        PodWorker? found = _workers.Values
            .Where(w => w.Pod.Metadata.Namespace == ns && w.Pod.Metadata.Name == name)
            .OrderBy(w => w.Pod.IsDeleting())
            .FirstOrDefault();
        return found is null ? null : (found.Pod, found.Status);
    }

    public bool Contains(string uid) => _workers.ContainsKey(uid);

    /// <summary>A pod was bound to this node, or changed.</summary>
    public void Update(Pod pod)
    {
        if (_workers.TryGetValue(pod.Uid(), out PodWorker? known))
        {
            known.Update(pod);
            return;
        }

        // One at a time, so that two pods do not both take the last place.
        lock (_admission)
        {
            if (_ended || _workers.ContainsKey(pod.Uid()))
            {
                return;
            }

            PodRejection? rejected = pod.Status.IsTerminal() || pod.IsDeleting() || Ran(pod)
                ? null
                : PodAdmission.Check(pod, _workers.Values.Where(w => w.Active && !ReferenceEquals(w.Pod, pod)).Select(w => w.Pod), services.Node.Allocatable, nodeLabels);
            PodWorker worker = new(services, pod, rejected, Finished);
            _workers[pod.Uid()] = worker;
            worker.Start();
        }
    }

    /// <summary>A pod is gone from its source; this is how it was last.</summary>
    public void Remove(Pod last)
    {
        if (_workers.TryGetValue(last.Uid(), out PodWorker? worker))
        {
            worker.Remove(last);
        }
    }

    /// <summary>Ends what the runtime still has of a pod that no source has.</summary>
    public void RemoveOrphan(Pod remains)
    {
        lock (_admission)
        {
            if (_ended || _workers.ContainsKey(remains.Uid()))
            {
                return;
            }

            PodWorker worker = new(services, remains, null, Finished);
            worker.Remove(remains);
            _workers[remains.Uid()] = worker;
            worker.Start();
        }
    }

    /// <summary>Something happened to the pod in the runtime, or a probe's answer changed.</summary>
    public void Signal(string uid)
    {
        if (_workers.TryGetValue(uid, out PodWorker? worker))
        {
            worker.Signal();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_admission)
        {
            _ended = true;
        }

        await Task.WhenAll(_workers.Values.Select(w => w.DisposeAsync().AsTask()));
    }

    /// <summary>A pod that had containers was taken before; a kubelet that starts anew does not ask again.</summary>
    private static bool Ran(Pod pod) => pod.Status?.ContainerStatuses?.Exists(c => c.ContainerID is { Length: > 0 }) == true;

    private void Finished(PodWorker worker) => _workers.TryRemove(worker.Pod.Uid(), out _);
}
