using Kube.Scheduler.Framework;
using Kube.Scheduler.Plugins;
using Kube.Scheduler.Queue;
using Kube.Testing;

namespace Kube.Scheduler.Tests;

public class SchedulingQueueTests
{
    private static readonly HashSet<string> Rejected = ["NodeResourcesFit"];
    private readonly ManualTimeProvider _time = new();
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests()
    {
        _queue = new SchedulingQueue([DefaultProfile.Create()], _time);
    }

    private async Task<(QueuedPod Pod, long Mark)> PopNow()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _queue.PopAsync(limit.Token);
    }

    private bool NothingToPop()
    {
        using var cancelled = new CancellationTokenSource();
        var pop = _queue.PopAsync(cancelled.Token);
        if (pop.IsCompleted)
        {
            return false;
        }

        cancelled.Cancel();
        return true;
    }

    [Fact]
    public async Task Priority_comes_before_age()
    {
        _queue.AddOrUpdate(Build.Info("old"));
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.AddOrUpdate(Build.Info("young"));
        _queue.AddOrUpdate(Build.Info("vip", priority: 1000));
        Assert.Equal("vip", (await PopNow()).Pod.Pod.Key.Name);
        Assert.Equal("old", (await PopNow()).Pod.Pod.Key.Name);
        Assert.Equal("young", (await PopNow()).Pod.Pod.Key.Name);
    }

    [Fact]
    public async Task A_rejected_pod_waits_until_the_cluster_changes_and_its_backoff_is_over()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.Return(pod, mark, Rejected);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(NothingToPop());
        _queue.ClusterChanged(ClusterEvent.Anything);
        Assert.Equal("p", (await PopNow()).Pod.Pod.Key.Name);
    }

    [Fact]
    public async Task A_change_during_the_attempt_is_not_lost()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.ClusterChanged(ClusterEvent.Anything);
        _queue.Return(pod, mark, Rejected);
        Assert.True(NothingToPop());
        _time.Advance(SchedulingQueue.InitialBackoff);
        Assert.Equal(2, (await PopNow()).Pod.Attempts);
    }

    [Fact]
    public async Task The_pause_doubles_up_to_ten_seconds()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        foreach (var seconds in new[] { 1, 2, 4, 8, 10, 10 })
        {
            var (pod, mark) = await PopNow();
            _queue.Return(pod, mark, new HashSet<string>());
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(NothingToPop());
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(7, (await PopNow()).Pod.Attempts);
    }

    [Fact]
    public async Task An_unschedulable_pod_is_tried_again_after_five_minutes_anyhow()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.Return(pod, mark, Rejected);
        var pop = PopNow();
        await Eventually.HoldsAsync(() => _time.PendingTimers > 0, "the queue sets its timer");
        _time.Advance(SchedulingQueue.UnschedulableLimit);
        Assert.Equal("p", (await pop).Pod.Pod.Key.Name);
    }

    [Fact]
    public async Task A_gated_pod_enters_when_its_gates_are_gone()
    {
        _queue.AddOrUpdate(Build.Info("p", with: spec => spec.SchedulingGates = [new() { Name = "g" }]));
        Assert.True(NothingToPop());
        Assert.Equal(1, _queue.Counts.Gated);
        _queue.AddOrUpdate(Build.Info("p"));
        Assert.Equal("p", (await PopNow()).Pod.Pod.Key.Name);
    }

    [Fact]
    public async Task A_pod_removed_during_its_attempt_does_not_come_back()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.Remove("uid-p");
        _queue.Return(pod, mark, new HashSet<string>());
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(NothingToPop());
    }

    [Theory]
    [InlineData("NodeResourcesFit", ClusterChange.NodeTaints, false)]
    [InlineData("NodeResourcesFit", ClusterChange.NodeAllocatable, true)]
    [InlineData("NodeResourcesFit", ClusterChange.PodRemoved, true)]
    [InlineData("NodeResourcesFit", ClusterChange.PodAssigned, false)]
    [InlineData("TaintToleration", ClusterChange.NodeTaints, true)]
    [InlineData("TaintToleration", ClusterChange.PodRemoved, false)]
    [InlineData("NodeAffinity", ClusterChange.NodeLabels, true)]
    [InlineData("NodeAffinity", ClusterChange.NodeAllocatable, false)]
    [InlineData("NodeUnschedulable", ClusterChange.NodeUnschedulable, true)]
    [InlineData("NodePorts", ClusterChange.NodeLabels, false)]
    [InlineData("Unheard.Of", ClusterChange.ClaimChanged, true)]
    public async Task A_rejected_pod_moves_only_for_what_may_help(string rejectedBy, ClusterChange change, bool moves)
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.Return(pod, mark, new HashSet<string> { rejectedBy });
        _queue.ClusterChanged(new ClusterEvent(change, Build.Node("n")));
        Assert.Equal(moves ? (1, 0) : (0, 1), (_queue.Counts.Backoff, _queue.Counts.Unschedulable));
    }

    [Fact]
    public async Task A_change_during_the_attempt_that_does_not_help_does_not_wake_the_pod()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        _queue.ClusterChanged(new ClusterEvent(ClusterChange.NodeTaints, Build.Node("n")));
        _queue.Return(pod, mark, Rejected);
        Assert.Equal(1, _queue.Counts.Unschedulable);
    }

    [Fact]
    public async Task Changes_beyond_the_log_count_as_any_change()
    {
        _queue.AddOrUpdate(Build.Info("p"));
        var (pod, mark) = await PopNow();
        for (var i = 0; i <= EventLog.Limit; i++)
        {
            _queue.ClusterChanged(new ClusterEvent(ClusterChange.NodeTaints, Build.Node("n")));
        }

        _queue.Return(pod, mark, Rejected);
        Assert.Equal(1, _queue.Counts.Backoff);
    }

    [Fact]
    public async Task A_waiting_consumer_wakes_when_a_pod_comes()
    {
        var pop = PopNow();
        _queue.AddOrUpdate(Build.Info("p"));
        Assert.Equal("p", (await pop).Pod.Pod.Key.Name);
    }
}
