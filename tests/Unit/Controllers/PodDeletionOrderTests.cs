using Kube.Api.Core.V1;
using Kube.Controllers.Framework;
using Kube.Controllers.ReplicaSets;

namespace Kube.Controllers.Tests;

public sealed class PodDeletionOrderTests
{
    public static TheoryData<string, Pod, Pod> Pairs => new()
    {
        { "without a node", Make.Pod("a1", node: ""), Make.Pod("b2", phase: "Pending", isReady: false) },
        { "pending", Make.Pod("a1", phase: "Pending"), Make.Pod("b2", phase: "Running", isReady: false) },
        { "unknown", Make.Pod("a1", phase: "Unknown"), Make.Pod("b2") },
        { "not ready", Make.Pod("a1", isReady: false), Make.Pod("b2", restarts: 9) },
        { "cheaper", Cost(Make.Pod("a1"), "-5"), Make.Pod("b2", readyForSeconds: 1) },
        { "on a crowded node", Make.Pod("a1", node: "crowded"), Make.Pod("b2", readyForSeconds: 1) },
        { "ready for less long", Make.Pod("a1", readyForSeconds: 10), Make.Pod("b2", readyForSeconds: 1000, restarts: 9) },
        { "more restarts", Make.Pod("a1", restarts: 3), Make.Pod("b2", restarts: 2, ageSeconds: 1) },
        { "younger", Make.Pod("a1", ageSeconds: 10), Make.Pod("b2", ageSeconds: 1000) },
        { "about as old, by uid", Make.Pod("a1", ageSeconds: 101), Make.Pod("b2", ageSeconds: 100) },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Goes_first(string why, Pod first, Pod second)
    {
        Assert.NotEmpty(why);
        Pod[] siblings = [first, second, Make.Pod("c3", node: "crowded")];
        Assert.Same(first, PodDeletionOrder.Choose([second, first], siblings, 1, Make.Now).Single());
        Assert.Same(first, PodDeletionOrder.Choose([first, second], siblings, 1, Make.Now).Single());
    }

    [Fact]
    public void All_go_when_all_are_asked_for() =>
        Assert.Equal(2, PodDeletionOrder.Choose([Make.Pod("a1"), Make.Pod("b2")], [], 5, Make.Now).Count);

    [Fact]
    public void Status_counts_ready_and_available_pods_and_shows_failure_until_it_passes()
    {
        var set = Make.Set("s", 3);
        set.Metadata.Generation = 7;
        set.Spec!.MinReadySeconds = 30;
        set.Spec.Template = new PodTemplateSpec { Metadata = new() { Labels = new() { ["app"] = "a" } } };
        Pod[] pods = [Make.Pod("a1"), Make.Pod("b2", readyForSeconds: 10), Make.Pod("c3", isReady: false)];
        pods[2].Metadata.Labels = null;
        set.Status = ReplicaSetStatusOf.Calculate(set, pods, new InvalidOperationException("quota"), Make.Now);
        Assert.Equal((3, 2, 2, 1, 7L), (set.Status.Replicas, set.Status.FullyLabeledReplicas, set.Status.ReadyReplicas, set.Status.AvailableReplicas, set.Status.ObservedGeneration));
        var failure = Assert.Single(set.Status.Conditions!);
        Assert.Equal(("ReplicaFailure", "True", "FailedDelete", "quota"), (failure.Type, failure.Status, failure.Reason, failure.Message));
        Assert.Null(ReplicaSetStatusOf.Calculate(set, pods, null, Make.Now).Conditions);
        Assert.Equal("FailedCreate", ReplicaSetStatusOf.Calculate(Make.Set("t", 9), pods, new InvalidOperationException(), Make.Now).Conditions![0].Reason);
    }

    [Fact]
    public async Task Slow_start_stops_at_the_first_batch_with_a_failure()
    {
        var calls = 0;
        var (succeeded, failure) = await SlowStart.RunAsync(20, () => Interlocked.Increment(ref calls) == 3 ? throw new IOException("third") : Task.CompletedTask);
        Assert.Equal((3, 2), (calls, succeeded));
        Assert.IsType<IOException>(failure);
        Assert.Equal((20, (Exception?)null), await SlowStart.RunAsync(20, static () => Task.CompletedTask));
    }

    private static Pod Cost(Pod pod, string cost)
    {
        pod.Metadata.Annotations = new() { [PodDeletionOrder.DeletionCostAnnotation] = cost };
        return pod;
    }
}
