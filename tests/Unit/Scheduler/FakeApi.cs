using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Scheduler.Tests;

/// <summary>How a call to the API server goes.</summary>
internal enum Fate
{
    Served,

    /// <summary>Not done, and the caller is told so.</summary>
    Refused,

    /// <summary>Done, but the caller never hears of it.</summary>
    AnswerLost,
}

/// <summary>
/// An API server's part in memory, with a volume controller: it refuses a second Binding, and tells schedulers of changes in order, on
/// the thread that makes them. What befalls a Binding is up to the test.
/// </summary>
internal sealed class FakeApi : IPodBinder, IEventRecorder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pod> _pods = [];
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly List<IKubeObject> _storage = [];
    private readonly List<FakeScheduler> _watchers = [];
    private readonly Dictionary<string, List<string>> _bindings = [];

    /// <summary>Decides each Binding's fate; served when null.</summary>
    public Func<PodInfo, string, Fate>? BindingFate { get; set; }

    /// <summary>When set, Bindings wait for it.</summary>
    public Task? BindingGate { get; set; }

    /// <summary>When false, nobody completes the binding of volumes.</summary>
    public bool HasVolumeController { get; set; } = true;

    public List<string> Conditions { get; } = [];

    /// <summary>Every Binding that was served, by pod: the nodes.</summary>
    public IReadOnlyDictionary<string, List<string>> Bindings
    {
        get
        {
            lock (_lock)
            {
                return _bindings.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
            }
        }
    }

    public int BoundCount
    {
        get
        {
            lock (_lock)
            {
                return _pods.Values.Count(pod => pod.Spec!.NodeName is not null);
            }
        }
    }

    public int PodCount
    {
        get
        {
            lock (_lock)
            {
                return _pods.Count;
            }
        }
    }

    /// <summary>A scheduler that knows what there is and hears what comes.</summary>
    public FakeScheduler Start(TimeProvider time, ulong seed = 1)
    {
        var scheduler = new FakeScheduler(this, time, seed);
        lock (_lock)
        {
            _watchers.Add(scheduler);
            foreach (var value in _storage)
            {
                Volumes.Put(scheduler.Facts.Storage, value);
            }

            foreach (var node in _nodes.Values)
            {
                scheduler.Events.NodeAdded(node);
            }

            foreach (var pod in _pods.Values)
            {
                scheduler.Events.PodChanged(pod);
            }
        }

        scheduler.Run();
        return scheduler;
    }

    public void Stop(FakeScheduler scheduler)
    {
        lock (_lock)
        {
            _watchers.Remove(scheduler);
        }
    }

    public void Put(Node node) => Change(() => _nodes[node.Metadata.Name!] = node, scheduler => scheduler.Events.NodeAdded(node));

    public void RemoveNode(string name)
    {
        lock (_lock)
        {
            _nodes.Remove(name, out var node);
            _watchers.ForEach(scheduler => scheduler.Events.NodeGone(node!));
        }
    }

    public void Put(Pod pod) => Change(() => _pods[pod.Metadata.Uid!] = pod, scheduler => scheduler.Events.PodChanged(pod));

    public void Delete(string uid)
    {
        lock (_lock)
        {
            if (_pods.Remove(uid, out var pod))
            {
                _watchers.ForEach(scheduler => scheduler.Events.PodGone(pod));
            }
        }
    }

    public void PutStorage(IKubeObject value) => Change(
        () =>
        {
            _storage.RemoveAll(other => other.GetType() == value.GetType() && other.Metadata.Name == value.Metadata.Name);
            _storage.Add(value);
        },
        scheduler =>
        {
            if (Volumes.Put(scheduler.Facts.Storage, value) is { } change)
            {
                scheduler.Events.StorageChanged(change);
            }
        });

    public async Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken)
    {
        if (BindingGate is { } gate)
        {
            await gate.WaitAsync(cancellationToken);
        }

        var fate = BindingFate?.Invoke(pod, node) ?? Fate.Served;
        if (fate == Fate.Refused)
        {
            throw new InvalidOperationException("refused");
        }

        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Uid, out var found) || found.Spec!.NodeName is not null)
            {
                throw new InvalidOperationException($"{pod.Key} is gone or bound");
            }

            var bound = Copy(found);
            bound.Spec!.NodeName = node;
            _pods[pod.Uid] = bound;
            (_bindings.TryGetValue(pod.Uid, out var nodes) ? nodes : _bindings[pod.Uid] = []).Add(node);
            _watchers.ForEach(scheduler => scheduler.Events.PodChanged(bound));
        }

        if (fate == Fate.AnswerLost)
        {
            throw new TimeoutException("no answer");
        }
    }

    public Task SetUnscheduledAsync(PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Conditions.Add($"{pod.Key.Name} {reason} {message}");
        }

        return Task.CompletedTask;
    }

    public Task ClearNominationAsync(PodInfo pod, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PreemptAsync(PodInfo victim, PodInfo preemptor, CancellationToken cancellationToken)
    {
        Delete(victim.Uid);
        return Task.CompletedTask;
    }

    public Task<PersistentVolume> BindVolumeAsync(PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var bound = Copy(volume);
        bound.Metadata.ResourceVersion = "2";
        bound.Spec!.ClaimRef = new ObjectReference { Namespace = claim.Metadata.Namespace, Name = claim.Metadata.Name, Uid = claim.Metadata.Uid };
        PutStorage(bound);
        if (HasVolumeController)
        {
            PutStorage(Bound(claim, volume.Metadata.Name!));
        }

        return Task.FromResult(bound);
    }

    public Task<PersistentVolumeClaim> SelectNodeAsync(PersistentVolumeClaim claim, string node, CancellationToken cancellationToken)
    {
        var chosen = Copy(claim);
        chosen.Metadata.ResourceVersion = "2";
        (chosen.Metadata.Annotations ??= [])[VolumeRules.SelectedNode] = node;
        PutStorage(chosen);
        if (HasVolumeController)
        {
            PutStorage(Volumes.Volume("made-for-" + claim.Metadata.Name, "made", claim: claim.Metadata.Name));
            PutStorage(Bound(chosen, "made-for-" + claim.Metadata.Name));
        }

        return Task.FromResult(chosen);
    }

    public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
    {
        // Events are for people.
    }

    private static PersistentVolumeClaim Bound(PersistentVolumeClaim claim, string volume)
    {
        var bound = Copy(claim);
        bound.Metadata.ResourceVersion = "3";
        (bound.Metadata.Annotations ??= [])[VolumeRules.BindCompleted] = "yes";
        bound.Spec!.VolumeName = volume;
        return bound;
    }

    private static T Copy<T>(T value) => KubeJson.Deserialize<T>(KubeJson.Serialize(value));

    private void Change(Action apply, Action<FakeScheduler> tell)
    {
        lock (_lock)
        {
            apply();
            _watchers.ForEach(tell);
        }
    }
}

/// <summary>A whole scheduler before a <see cref="FakeApi"/>. Disposing it is the end of its process: what it had in mind is gone.</summary>
internal sealed class FakeScheduler : IAsyncDisposable
{
    private readonly FakeApi _api;
    private readonly PodScheduler _scheduler;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public FakeScheduler(FakeApi api, TimeProvider time, ulong seed)
    {
        _api = api;
        Profile[] profiles = [DefaultProfile.Create()];
        var nominations = new NominatedPods();
        Queue = new SchedulingQueue(profiles, time);
        Events = new ClusterEvents(profiles, Cache, Queue, nominations);
        _scheduler = new PodScheduler(profiles, Cache, Queue, nominations, Facts, api, api, new Prng(seed), time, NullLogger.Instance);
    }

    public SchedulerCache Cache { get; } = new();

    public ClusterFacts Facts { get; } = new();

    public SchedulingQueue Queue { get; }

    public ClusterEvents Events { get; }

    public void Run() => _running = _scheduler.RunAsync(_stop.Token);

    /// <summary>Loses the lease and gets it again.</summary>
    public async Task LeadAgainAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        Run();
    }

    public async ValueTask DisposeAsync()
    {
        _api.Stop(this);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await _scheduler.DisposeAsync();
        _stop.Dispose();
    }
}
