using System.Collections.Concurrent;
using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>The workers of the node's pods, one for each uid. Thread-safe.</summary>
internal sealed class PodWorkers(PodServices services, Node node) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new();
    private readonly Lock _admission = new();

    /// <summary>Static pods whose name a pod still has that is being ended; guarded by <see cref="_admission"/>.</summary>
    private readonly Dictionary<(string? Namespace, string? Name), Pod> _waiting = [];
    private bool _ended;

    /// <summary>The node as it was last heard of; at first as it is registered.</summary>
    public Func<Node> Node { get; set; } = () => node;

    /// <summary>Reads the node from the API server; asked before a pod is refused because of the node's labels.</summary>
    public Func<CancellationToken, Task<Node?>> ReadNode { get; set; } = _ => Task.FromResult<Node?>(node);

    /// <summary>Asked first whether the node takes a pod at all, whatever it asks for: null if so.</summary>
    public Func<Pod, PodRejection?> Admit { get; set; } = static _ => null;

    /// <summary>Pods that have or may have something running.</summary>
    public IReadOnlyList<Pod> Active => [.. _workers.Values.Where(w => w.Active).Select(w => w.Pod)];

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

    /// <summary>The pods that were read from files, and whether each is being ended.</summary>
    public IReadOnlyList<(Pod Pod, bool Ending)> StaticPods => [.. _workers.Values.Where(static w => w.Pod.IsStatic()).Select(static w => (w.Pod, w.Ending))];

    /// <summary>Called whenever a static pod came or went.</summary>
    public Action StaticPodsChanged { get; set; } = static () => { };

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
            if (pod.IsStatic() && _workers.Values.Any(w => w.Pod.IsStatic() && w.Pod.Uid() != pod.Uid() && Name(w.Pod) == Name(pod)))
            {
                // The same name with another content: one after the other.
                _waiting[Name(pod)] = pod;
                return;
            }

            Start(pod);
        }
    }

    /// <summary>A pod is gone from its source; this is how it was last.</summary>
    public void Remove(Pod last)
    {
        lock (_admission)
        {
            if (_waiting.TryGetValue(Name(last), out Pod? waiting) && waiting.Uid() == last.Uid())
            {
                _waiting.Remove(Name(last));
            }
        }

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

            PodWorker worker = new(services, remains, null, Finished, Resize);
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

    /// <summary>Ends a pod for the node's sake and waits until nothing of it runs. A pod that the node does not have has ended.</summary>
    public Task EndAsync(Pod pod, PodEnd end, CancellationToken cancellation) =>
        _workers.TryGetValue(pod.Uid(), out PodWorker? worker) ? worker.EndAsync(end).WaitAsync(cancellation) : Task.CompletedTask;

    /// <summary>Ends a pod as <see cref="EndAsync"/> does, and waits until the API server knows.</summary>
    public async Task EndAndReportAsync(Pod pod, PodEnd end, CancellationToken cancellation)
    {
        await EndAsync(pod, end, cancellation);
        await services.Statuses.FlushAsync(pod.Uid(), cancellation);
    }

    /// <summary>Removes containers and logs of pods that have ended, to free the disk.</summary>
    public Task ReclaimEndedAsync(CancellationToken cancellation) =>
        Task.WhenAll(_workers.Values.Select(w => w.ReclaimAsync())).WaitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        lock (_admission)
        {
            _ended = true;
        }

        await Task.WhenAll(_workers.Values.Select(w => w.DisposeAsync().AsTask()));
    }

    private PodRejection? Fits(Pod pod, Node on) => PodAdmission.Check(
        pod, _workers.Values.Where(w => w.Active && w.Pod.Uid() != pod.Uid()).Select(static w => w.AllocatedPod), services.Node.Allocatable, on);

    /// <summary>
    /// Looks again at a pod that the node's labels keep out: whoever bound it may have seen newer ones than this node has heard of.
    /// </summary>
    private async Task<PodRejection?> ReconsiderAsync(PodWorker worker, PodRejection rejected, CancellationToken cancellation)
    {
        if (await ReadNode(cancellation) is not { } newest)
        {
            return rejected;
        }

        lock (_admission)
        {
            return worker.Reconsidered(Fits(worker.Pod, newest));
        }
    }

    /// <summary>A pod that had containers was taken before; a kubelet that starts anew does not ask again.</summary>
    private static bool Ran(Pod pod) => pod.Status?.ContainerStatuses?.Exists(c => c.ContainerID is { Length: > 0 }) == true;

    private static (string? Namespace, string? Name) Name(Pod pod) => (pod.Metadata.Namespace, pod.Metadata.Name);

    private void Start(Pod pod)
    {
        if (_ended || _workers.ContainsKey(pod.Uid()))
        {
            return;
        }

        PodRejection? rejected = pod.Status.IsTerminal() || pod.IsDeleting() || Ran(pod) ? null : Reject(pod);
        PodWorker worker = new(services, pod, rejected, Finished, Resize) { Reconsider = ReconsiderAsync };
        _workers[pod.Uid()] = worker;
        worker.Start();
        if (pod.IsStatic())
        {
            StaticPodsChanged();
        }
    }

    private PodRejection? Reject(Pod pod) =>
        Admit(pod) ?? SysctlAdmission.Check(pod, services.Node.AllowedUnsafeSysctls) ?? Fits(pod, Node());

    /// <summary>
    /// Gives a pod the resources it asks for, if they fit beside what the other pods have, and answers null; else the state of
    /// its wish as Kubernetes reports it.
    /// </summary>
    private string? Resize(PodWorker worker, Pod wanted)
    {
        if (PodResize.ExceedsNode(wanted, services.Node.Allocatable))
        {
            return PodResize.Infeasible;
        }

        lock (_admission)
        {
            List<Pod> others = [.. _workers.Values.Where(w => w.Active && w != worker).Select(static w => w.AllocatedPod)];
            if (PodAdmission.OutOfResources(wanted, others, services.Node.Allocatable) is not null)
            {
                return PodResize.Deferred;
            }

            worker.Take(wanted);
            return null;
        }
    }

    private void Finished(PodWorker worker)
    {
        _workers.TryRemove(worker.Pod.Uid(), out _);
        if (!worker.Pod.IsStatic())
        {
            return;
        }

        lock (_admission)
        {
            if (_waiting.Remove(Name(worker.Pod), out Pod? next))
            {
                Start(next);
            }
        }

        StaticPodsChanged();
    }
}
