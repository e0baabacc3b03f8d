using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Hollow;

/// <summary>
/// A node's part without a runtime: takes or refuses the pods that are bound to it, says that they run, and ends them when
/// they are deleted. Statuses are made by the same code as a real kubelet's. Thread-safe.
/// </summary>
internal sealed class HollowNode(
    NodeDescription description, HollowAddresses addresses, StatusManager statuses, NodeReporter reporter, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _pods = new(StringComparer.Ordinal);

    public string Name => description.Name;

    private Node Node => reporter.Node ?? NodeObject.New(description, new NodeObservation { Now = time.GetUtcNow() });

    /// <summary>Registers the node and keeps its lease and status.</summary>
    public NodeReporter Reporter => reporter;

    /// <summary>Pods that the node has taken and that have not ended.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _pods.Values.Count(p => p.Active);
            }
        }
    }

    /// <summary>A pod was bound to the node, or changed. Answers whether it is deleted, and is to be ended by <see cref="EndAsync"/>.</summary>
    public bool Update(Pod pod)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Uid(), out Held? held))
            {
                if (pod.Status.IsTerminal() && !pod.IsDeleting())
                {
                    return false;
                }

                held = Take(pod);
            }

            held.Pod = pod;
            return pod.IsDeleting() && !held.Ending && (held.Ending = true);
        }
    }

    /// <summary>Ends a pod: its last status goes to the API server, then its object is deleted.</summary>
    public async Task EndAsync(Pod pod, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Uid(), out Held? held))
            {
                return;
            }

            if (!held.Status.IsTerminal())
            {
                PodRuntimeStatus ended = HollowPod.Ended(pod, held.Address, Started(held.Status), time.GetUtcNow());
                Publish(held, Build(pod, ended, held.Status, terminal: true));
            }
        }

        await statuses.FlushAsync(pod.Uid(), cancellation);
        await statuses.DeletePodAsync(pod, cancellation);
    }

    /// <summary>A pod is gone.</summary>
    public void Remove(Pod pod)
    {
        lock (_lock)
        {
            if (_pods.Remove(pod.Uid(), out Held? held))
            {
                addresses.Free(held.Address);
            }
        }

        statuses.Forget(pod.Uid());
    }

    private Held Take(Pod pod)
    {
        Held held = new(pod);
        // Admitted before this process began.
        bool ran = pod.Status?.ContainerStatuses?.Exists(c => c.ContainerID is { Length: > 0 }) == true;
        PodRejection? refused = ran || pod.IsDeleting()
            ? null
            : PodAdmission.Check(pod, _pods.Values.Where(p => p.Active).Select(p => p.Pod), description.Allocatable, Node);
        _pods[pod.Uid()] = held;
        if (refused is not null)
        {
            Publish(held, PodStatusBuilder.Failed(pod, pod.Status, refused.Reason, "Pod was rejected: " + refused.Message, time.GetUtcNow()));
            return held;
        }

        held.Address = pod.Spec?.HostNetwork == true ? addresses.Node : Address(pod);
        Publish(held, Build(pod, HollowPod.Running(pod, held.Address, Started(pod.Status)), pod.Status, terminal: false));
        return held;
    }

    private string Address(Pod pod) => pod.Status?.PodIP is { Length: > 0 } had && addresses.Take(had)
        ? had
        : addresses.Take() ?? throw new InvalidOperationException($"node {Name} has more pods than addresses");

    private DateTimeOffset Started(PodStatus? status) => status?.StartTime?.Value ?? time.GetUtcNow();

    private PodStatus Build(Pod pod, PodRuntimeStatus runtime, PodStatus? previous, bool terminal) => PodStatusBuilder.Build(pod, runtime, previous, new PodStatusInputs
    {
        Probes = HollowPod.Probes,
        Now = time.GetUtcNow(),
        HostAddresses = [addresses.Node],
        RuntimeName = HollowPod.RuntimeName,
        Terminal = terminal,
    });

    private void Publish(Held held, PodStatus status)
    {
        held.Status = status;
        statuses.Set(held.Pod, status);
    }

    private sealed class Held(Pod pod)
    {
        public Pod Pod { get; set; } = pod;

        public PodStatus? Status { get; set; } = pod.Status;

        public string Address { get; set; } = "";

        public bool Ending { get; set; }

        /// <summary>Whether it counts against the node's resources.</summary>
        public bool Active => !Status.IsTerminal();
    }
}
