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
    private readonly ClusterEvents _cluster;
    private readonly SchedulingQueue _queue;
    private readonly PodScheduler _scheduler;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public PodSchedulerTests()
    {
        var profile = DefaultProfile.Create();
        _queue = new SchedulingQueue(profile.QueueSort, profile.PreEnqueue, _time);
        _cluster = new ClusterEvents(profile, _cache, _queue);
        _scheduler = new PodScheduler(profile, _cache, _queue, _binder, _events, new Prng(1), _time, NullLogger.Instance);
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
    public async Task What_is_assumed_counts_for_the_next_decision()
    {
        _cluster.NodeAdded(Build.Node("n", cpu: "1"));
        _cluster.PodChanged(Build.Pod("p", "600m"));
        await Eventually.HoldsAsync(() => _binder.Bound.Count == 1, "the first binding");
        _cluster.PodChanged(Build.Pod("q", "600m"));
        await Eventually.HoldsAsync(() => _binder.Unscheduled.Count == 1, "the second pod's condition");
        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu.", _binder.Unscheduled[0].Message);
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

    private sealed class RecordingBinder : IPodBinder
    {
        private readonly Lock _lock = new();
        private readonly List<(string Pod, string Node)> _bound = [];
        private readonly List<(string Pod, string Message)> _unscheduled = [];

        public int Failures { get; set; }

        public IReadOnlyList<(string Pod, string Node)> Bound => Copy(_bound);

        public IReadOnlyList<(string Pod, string Message)> Unscheduled => Copy(_unscheduled);

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

        public Task SetUnscheduledAsync(PodInfo pod, string reason, string message, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _unscheduled.Add((pod.Key.Name, message));
            }

            return Task.CompletedTask;
        }

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
