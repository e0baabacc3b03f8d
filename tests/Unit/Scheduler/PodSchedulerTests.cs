using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Client.Events;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Cycle;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Scheduler.Tests;

public sealed class PodSchedulerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingBinder _binder = new();
    private readonly RecordingEvents _events = new();
    private readonly SchedulerCache _cache = new();
    private readonly NominatedPods _nominations = new();
    private readonly FakeExtender _extender = new() { Interested = static pod => pod.Key.Name.StartsWith("extended", StringComparison.Ordinal) };
    private readonly ClusterEvents _cluster;
    private readonly SchedulingQueue _queue;
    private readonly PodScheduler _scheduler;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public PodSchedulerTests()
    {
        Profile[] profiles = [DefaultProfile.Create()];
        _queue = new SchedulingQueue(profiles, _time);
        _cluster = new ClusterEvents(profiles, _cache, _queue, _nominations);
        _scheduler = new PodScheduler(profiles, _cache, _queue, _nominations, new ClusterFacts(), _binder, _events, new Prng(1), _time, NullLogger.Instance)
        {
            Extenders = [_extender],
        };
        _running = _scheduler.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await _scheduler.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_pod_is_bound_and_the_event_says_so()
    {
        _cluster.NodeAdded(Build.Node("n"));
        _cluster.PodChanged(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => _events.All.Count == 1, "the Scheduled event");
        Assert.Equal(("p", "n"), Assert.Single(_binder.Bound));
        Assert.Equal("Normal Scheduled Successfully assigned default/p to n", _events.All[0]);
    }

    [Fact]
    public async Task An_extender_binds_the_pods_that_are_its_business()
    {
        _extender.Binds = true;
        _cluster.NodeAdded(Build.Node("n"));
        _cluster.PodChanged(Build.Pod("extended", "1"));
        _cluster.PodChanged(Build.Pod("plain", "1"));
        await Eventually.HoldsAsync(() => _events.All.Count == 2, "both to be scheduled");
        Assert.Equal(["extended n"], _extender.Bound);
        Assert.Equal(("plain", "n"), Assert.Single(_binder.Bound));
        Assert.Equal(["n"], _extender.Asked);
    }

    [Fact]
    public async Task A_pod_whose_extender_fails_is_tried_again()
    {
        _extender.Failure = "down";
        _cluster.NodeAdded(Build.Node("n"));
        _cluster.PodChanged(Build.Pod("extended", "1"));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 1, "the failure to be told");
        Assert.Equal("down", _binder.Unscheduled[0].Message);
        await Eventually.HoldsAsync(() => _time.PendingTimers > 0, "the back-off timer");
        _extender.Failure = null;
        _time.Advance(SchedulingQueue.InitialBackoff);
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the second try");
    }

    [Fact]
    public async Task What_is_assumed_counts_for_the_next_decision()
    {
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        _cluster.PodChanged(Build.Pod("p", "600m"));
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the first binding");
        _cluster.PodChanged(Build.Pod("q", "600m"));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 1, "the second pod's condition");
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.", _binder.Unscheduled[0].Message);
    }

    [Fact]
    public async Task A_failed_binding_frees_the_room_and_is_tried_again()
    {
        _binder.Failures = 1;
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        _cluster.PodChanged(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 1, "the failure to be reported");
        Assert.Equal(0, _cache.AssumedCount);
        await Eventually.HoldsAsync(() => _time.PendingTimers > 0, "the back-off timer");
        _time.Advance(SchedulingQueue.InitialBackoff);
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the second try");
    }

    [Fact]
    public async Task Room_made_by_a_deleted_pod_wakes_an_unschedulable_one()
    {
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        var running = Build.Pod("running", "1", with: spec => spec.NodeName = "n");
        _cluster.PodChanged(running);
        _cluster.PodChanged(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => _queue.Counts.Unschedulable == 1, "the pod to be found unschedulable");
        _time.Advance(SchedulingQueue.InitialBackoff);
        _cluster.PodGone(running);
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the binding");
    }

    [Fact]
    public async Task A_pod_of_another_scheduler_is_left_alone()
    {
        _cluster.NodeAdded(Build.Node("n"));
        _cluster.PodChanged(Build.Pod("other", with: spec => spec.SchedulerName = "mine"));
        _cluster.PodChanged(Build.Pod("p"));
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the binding");
        Assert.Equal("p", _binder.Bound[0].Pod);
    }

    [Fact]
    public async Task A_less_important_pod_makes_room_and_its_node_is_kept_for_the_more_important_one()
    {
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        var low = Build.Pod("low", "1", with: spec => spec.NodeName = "n");
        _cluster.PodChanged(low);
        _cluster.PodChanged(Build.Pod("high", "1", priority: 100));
        await Eventually.HoldsAsync(() => _binder.Nominated.Count == 1 && _queue.Counts.Unschedulable == 1, "the nomination");
        Assert.Equal("low", Assert.Single(_binder.Preempted).Metadata.Name);
        Assert.Equal(("high", "n"), _binder.Nominated[0]);
        Assert.Contains("Normal Preempted Preempted by pod uid-high on node n", _events.All);
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", Assert.Single(_binder.Unscheduled).Message);

        // The room is promised: another pod, even one that comes when it is free, must not have it.
        _time.Advance(SchedulingQueue.InitialBackoff);
        _cluster.PodChanged(Build.Pod("thief", "1"));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 2, "the other pod to be refused");
        _cluster.PodGone(low);
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the binding");
        Assert.Equal(("high", "n"), _binder.Bound[0]);
    }

    [Fact]
    public async Task A_preemption_that_fails_takes_the_promise_back_and_is_tried_again()
    {
        _binder.Failures = 1;
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        _cluster.PodChanged(Build.Pod("low", "1", with: spec => spec.NodeName = "n"));
        _cluster.PodChanged(Build.Pod("high", "1", priority: 100));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 1, "the failure to be reported");
        Assert.True(_nominations.IsEmpty);
        await Eventually.HoldsAsync(() => _time.PendingTimers > 0, "the back-off timer");
        _time.Advance(SchedulingQueue.InitialBackoff);
        await Eventually.HoldsAsync(() => _binder.Preempted.Count == 1, "the second try");
    }

    private sealed class RecordingBinder : IPodBinder
    {
        private readonly Lock _lock = new();
        private readonly List<(string Pod, string Node)> _bound = [];
        private readonly List<(string Pod, string Message)> _unscheduled = [];
        private readonly List<(string Pod, string Node)> _nominated = [];
        private readonly List<Api.Core.V1.Pod> _preempted = [];

        public int Failures { get; set; }

        public IReadOnlyList<(string Pod, string Node)> Bound => Copy(_bound);

        public IReadOnlyList<(string Pod, string Message)> Unscheduled => Copy(_unscheduled);

        public IReadOnlyList<(string Pod, string Node)> Nominated => Copy(_nominated);

        public IReadOnlyList<Api.Core.V1.Pod> Preempted => Copy(_preempted);

        public Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (Failures-- > 0)
                {
                    throw new InvalidOperationException("refused");
                }

                _bound.Add((pod.Key.Name, node));
            }

            return Task.CompletedTask;
        }

        public Task SetUnscheduledAsync(PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _unscheduled.Add((pod.Key.Name, message));
                if (nominatedNode is not null)
                {
                    _nominated.Add((pod.Key.Name, nominatedNode));
                }
            }

            return Task.CompletedTask;
        }

        public Task ClearNominationAsync(PodInfo pod, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _nominated.Add((pod.Key.Name, string.Empty));
            }

            return Task.CompletedTask;
        }

        public Task PreemptAsync(PodInfo victim, PodInfo preemptor, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (Failures-- > 0)
                {
                    throw new InvalidOperationException("refused");
                }

                _preempted.Add(victim.Pod);
            }

            return Task.CompletedTask;
        }

        public Task<Api.Core.V1.PersistentVolume> BindVolumeAsync(
            Api.Core.V1.PersistentVolume volume, Api.Core.V1.PersistentVolumeClaim claim, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("there are no volumes");

        public Task<Api.Core.V1.PersistentVolumeClaim> SelectNodeAsync(
            Api.Core.V1.PersistentVolumeClaim claim, string node, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("there are no volumes");

        private T[] Copy<T>(List<T> list)
        {
            lock (_lock)
            {
                return [.. list];
            }
        }
    }

    private sealed class RecordingEvents : IEventRecorder
    {
        private readonly List<string> _all = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_all)
                {
                    return [.. _all];
                }
            }
        }

        public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
        {
            lock (_all)
            {
                _all.Add($"{type} {reason} {message}");
            }
        }
    }
}
