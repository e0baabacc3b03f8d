using System.Collections.Concurrent;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Client.Events;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;

namespace Kube.SchedulerBench;

/// <summary>
/// An API server's part in memory: what the scheduler writes comes back to it through a watch, in order, on another thread.
/// </summary>
internal sealed class MemoryApi : IPodBinder, IEventRecorder
{
    private readonly Channel<Action<ClusterEvents>> _watch = Channel.CreateBounded<Action<ClusterEvents>>(
        new BoundedChannelOptions(100_000) { SingleReader = true });

    private readonly ConcurrentDictionary<string, Pod> _pods = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bound;

    /// <summary>Number of measured pods (namespace sched-1) to wait for.</summary>
    public int Wanted { get; init; }

    /// <summary>Measured pods bound.</summary>
    public int Bound => Volatile.Read(ref _bound);

    /// <summary>Completes when all wanted pods are bound.</summary>
    public Task Done => _done.Task;

    public void Put(Pod pod)
    {
        _pods[pod.Metadata.Uid!] = pod;
        Send(events => events.PodChanged(pod));
    }

    public void Delete(Pod pod)
    {
        if (_pods.TryRemove(pod.Metadata.Uid!, out var last))
        {
            Send(events => events.PodGone(last));
        }
    }

    public void Send(Action<ClusterEvents> change)
    {
        if (!_watch.Writer.TryWrite(change))
        {
            throw new InvalidOperationException("the watch is full");
        }
    }

    /// <summary>Hands changes to the scheduler until cancelled.</summary>
    public async Task WatchAsync(ClusterEvents events, CancellationToken cancellationToken)
    {
        await foreach (var change in _watch.Reader.ReadAllAsync(cancellationToken))
        {
            change(events);
        }
    }

    /// <summary>Hands over what has happened so far.</summary>
    public void DrainInto(ClusterEvents events)
    {
        while (_watch.Reader.TryRead(out var change))
        {
            change(events);
        }
    }

    public Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken)
    {
        if (!_pods.TryGetValue(pod.Uid, out var last) || last.Spec!.NodeName is not null)
        {
            throw new InvalidOperationException($"{pod.Key} is gone or bound");
        }

        var bound = new Pod { Metadata = last.Metadata, Spec = OnNode(last.Spec, node), Status = last.Status };
        _pods[pod.Uid] = bound;
        Send(events => events.PodChanged(bound));
        if (pod.Key.Namespace == "sched-1" && Interlocked.Increment(ref _bound) == Wanted)
        {
            _done.TrySetResult();
        }

        return Task.CompletedTask;
    }

    public Task SetUnscheduledAsync(PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ClearNominationAsync(PodInfo pod, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PreemptAsync(PodInfo victim, PodInfo preemptor, CancellationToken cancellationToken)
    {
        Delete(victim.Pod);
        return Task.CompletedTask;
    }

    public Task<PersistentVolume> BindVolumeAsync(PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("no workload has volumes");

    public Task<PersistentVolumeClaim> SelectNodeAsync(PersistentVolumeClaim claim, string node, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("no workload has volumes");

    public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
    {
        // Events are for people; nobody reads them here.
    }

    public static PodSpec OnNode(PodSpec spec, string node) => new()
    {
        NodeName = node,
        SchedulerName = spec.SchedulerName,
        Priority = spec.Priority,
        Containers = spec.Containers,
        Affinity = spec.Affinity,
        TopologySpreadConstraints = spec.TopologySpreadConstraints,
    };
}
