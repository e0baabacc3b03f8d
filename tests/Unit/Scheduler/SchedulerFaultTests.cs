using Kube.Api.Core.V1;
using Kube.Base;
using Kube.Scheduler.Framework;
using Kube.Scheduler.Queue;
using Kube.Testing;

namespace Kube.Scheduler.Tests;

/// <summary>Whatever goes wrong: no pod is lost, none is bound twice, no node gets more than it has.</summary>
public class SchedulerFaultTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeApi _api = new();

    [Fact]
    public async Task A_binding_whose_answer_is_lost_is_not_done_again()
    {
        _api.BindingFate = (_, _) => Fate.AnswerLost;
        _api.Put(Build.Node("n", cpu: "1"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => _api.BoundCount == 1, "the binding");
        await EverythingEndsAsync(scheduler);
        Assert.Equal(["n"], _api.Bindings["uid-p"]);
        Assert.True(scheduler.Cache.Contains("uid-p"));
    }

    [Fact]
    public async Task A_node_that_vanishes_while_a_pod_binds_leaves_the_pod_to_another()
    {
        var gate = new TaskCompletionSource();
        _api.BindingGate = gate.Task;
        _api.BindingFate = (_, node) => node == "n" ? Fate.Refused : Fate.Served;
        _api.Put(Build.Node("n"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => scheduler.Cache.AssumedCount == 1, "the decision");
        _api.RemoveNode("n");
        _api.Put(Build.Node("m"));
        gate.SetResult();
        await AllBoundAsync();
        Assert.Equal(["m"], _api.Bindings["uid-p"]);
        await EverythingEndsAsync(scheduler);
    }

    [Fact]
    public async Task A_pod_deleted_while_it_binds_leaves_nothing_behind()
    {
        var gate = new TaskCompletionSource();
        _api.BindingGate = gate.Task;
        _api.Put(Build.Node("n", cpu: "1"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Build.Pod("p", "1"));
        await Eventually.HoldsAsync(() => scheduler.Cache.AssumedCount == 1, "the decision");
        _api.Delete("uid-p");
        gate.SetResult();
        await EverythingEndsAsync(scheduler);
        _api.Put(Build.Pod("q", "1"));
        await AllBoundAsync();
        Assert.Equal(["n"], _api.Bindings["uid-q"]);
    }

    [Fact]
    public async Task A_lease_lost_in_the_middle_of_bindings_loses_no_pod()
    {
        var gate = new TaskCompletionSource();
        _api.BindingGate = gate.Task;
        _api.Put(Build.Node("n", cpu: "100"));
        await using var scheduler = _api.Start(_time);
        for (var i = 0; i < 80; i++)
        {
            _api.Put(Build.Pod($"p{i}", "1"));
        }

        await Eventually.HoldsAsync(() => scheduler.Cache.AssumedCount == 80, "the decisions");
        await scheduler.LeadAgainAsync();
        gate.SetResult();
        await AllBoundAsync();
        await EverythingEndsAsync(scheduler);
        NothingTwice();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Restarts_and_failures_at_any_moment_lose_and_double_nothing(int seed)
    {
        var prng = new Prng((ulong)seed);
        var faults = new Prng((ulong)seed + 100);
        _api.BindingFate = (_, _) =>
        {
            lock (faults)
            {
                return faults.Next(4) switch { 0 => Fate.Refused, 1 => Fate.AnswerLost, _ => Fate.Served };
            }
        };
        for (var i = 0; i < 10; i++)
        {
            _api.Put(Build.Node($"n{i}", cpu: "10"));
        }

        var scheduler = _api.Start(_time, (ulong)seed);
        for (var i = 0; i < 100; i++)
        {
            _api.Put(Build.Pod($"p{i}", "1"));
            if (prng.Next(10) == 0)
            {
                await scheduler.DisposeAsync();
                scheduler = _api.Start(_time, prng.NextUInt64());
            }
            else if (prng.Next(5) == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(3));
            }
        }

        await AllBoundAsync();
        NothingTwice();
        NothingOvercommitted(most: 10);
        await scheduler.DisposeAsync();
    }

    [Fact]
    public async Task Two_schedulers_at_once_bind_every_pod_once()
    {
        for (var i = 0; i < 4; i++)
        {
            _api.Put(Build.Node($"n{i}", cpu: "100"));
        }

        await using var first = _api.Start(_time);
        await using var second = _api.Start(_time, 2);
        for (var i = 0; i < 100; i++)
        {
            _api.Put(Build.Pod($"p{i}", "1"));
        }

        await AllBoundAsync();
        NothingTwice();
        await EverythingEndsAsync(first);
        await EverythingEndsAsync(second);
    }

    [Fact]
    public async Task Volumes_are_bound_before_the_pod()
    {
        _api.PutStorage(Volumes.Class("late"));
        _api.PutStorage(Volumes.Class("made", provisioner: "csi.example"));
        _api.PutStorage(Volumes.Claim("static"));
        _api.PutStorage(Volumes.Claim("made", "made"));
        _api.PutStorage(Volumes.Volume("v", zone: "1"));
        _api.Put(Volumes.Node("wrong", "2"));
        _api.Put(Volumes.Node("right", "1"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Volumes.Pod("p", "static", "made"));
        await AllBoundAsync();
        Assert.Equal(["right"], _api.Bindings["uid-p"]);
        Assert.Equal("v", scheduler.Facts.Storage.ActualClaim("default", "static")!.Spec!.VolumeName);
        Assert.Equal("made-for-made", scheduler.Facts.Storage.ActualClaim("default", "made")!.Spec!.VolumeName);
        Assert.Null(scheduler.Facts.Storage.PlanOf("uid-p"));
    }

    [Fact]
    public async Task A_provisioner_that_fails_has_the_pod_tried_anew()
    {
        _api.HasVolumeController = false;
        _api.PutStorage(Volumes.Class("made", provisioner: "csi.example"));
        _api.PutStorage(Volumes.Claim("c", "made"));
        _api.Put(Volumes.Node("n"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Volumes.Pod("p", "c"));
        bool Chosen() => scheduler.Facts.Storage.ActualClaim("default", "c")!.Metadata.Annotations?.ContainsKey(VolumeRules.SelectedNode) == true;
        await Eventually.HoldsAsync(Chosen, "the claim to be marked");
        _api.HasVolumeController = true;
        _api.PutStorage(Volumes.Claim("c", "made", with: claim =>
        {
            claim.Metadata.ResourceVersion = "4";
            claim.Metadata.Annotations = new() { ["tried"] = "yes" };
        }));
        await Eventually.HoldsAsync(() => _api.Conditions.Count == 1, "the failure to be reported");
        Assert.Equal("p SchedulerError binding volumes: provisioning failed for PVC \"c\"", _api.Conditions[0]);
    }

    [Fact]
    public async Task Volumes_that_are_never_bound_are_not_waited_for_forever()
    {
        _api.HasVolumeController = false;
        _api.PutStorage(Volumes.Class("late"));
        _api.PutStorage(Volumes.Claim("c"));
        _api.PutStorage(Volumes.Volume("v"));
        _api.Put(Volumes.Node("n"));
        await using var scheduler = _api.Start(_time);
        _api.Put(Volumes.Pod("p", "c"));
        await Eventually.HoldsAsync(() => scheduler.Facts.Storage.ActualVolume("v")!.Spec!.ClaimRef is not null && _time.PendingTimers > 0, "the volume to be marked");
        _time.Advance(TimeSpan.FromSeconds(600));
        await Eventually.HoldsAsync(() => _api.Conditions.Count == 1, "the failure to be reported");
        Assert.Equal("p SchedulerError binding volumes: context deadline exceeded", _api.Conditions[0]);
        Assert.Equal(0, scheduler.Cache.AssumedCount);
    }

    private async Task AllBoundAsync() => await Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _api.BoundCount == _api.PodCount;
        },
        "all pods to be bound");

    private async Task EverythingEndsAsync(FakeScheduler scheduler) => await Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(SchedulingQueue.MaxBackoff);
            return scheduler.Queue.Counts == (0, 0, 0, 0) && scheduler.Cache.AssumedCount == 0;
        },
        "the queue to be empty and nothing to be assumed");

    private void NothingTwice() => Assert.All(_api.Bindings.Values, nodes => Assert.Single(nodes));

    private void NothingOvercommitted(int most) =>
        Assert.All(_api.Bindings.Values.GroupBy(nodes => nodes[0]), node => Assert.True(node.Count() <= most, $"{node.Key} has {node.Count()}"));
}
