using Kube.Api.Apps.V1;
using Kube.Api.Values;
using Kube.Controllers.Deployments;
using Kube.Controllers.Framework;

namespace Kube.Controllers.Tests;

public sealed class DeploymentStatusTests
{
    [Fact]
    public void A_rollout_tells_its_story_in_conditions()
    {
        var deployment = Make.Deployment(3);
        var newest = Make.Set("web-1", 3, 0);
        newest.Status!.Replicas = 0;
        Step(deployment, newest, 0);
        Assert.Equal("Available=False MinimumReplicasUnavailable", Story(deployment));

        newest.Status.Replicas = 3;
        Step(deployment, newest, 1);
        Assert.Equal("Available=False MinimumReplicasUnavailable, Progressing=True ReplicaSetUpdated", Story(deployment));
        Assert.Equal("ReplicaSet \"web-1\" is progressing.", Progressing(deployment).Message);

        newest.Status.ReadyReplicas = newest.Status.AvailableReplicas = 3;
        Step(deployment, newest, 2);
        Assert.Equal("Progressing=True NewReplicaSetAvailable, Available=True MinimumReplicasAvailable", Reversed(deployment));
        Assert.Equal("ReplicaSet \"web-1\" has successfully progressed.", Progressing(deployment).Message);
        Assert.Equal(new Time(Make.Now.AddSeconds(1)), Progressing(deployment).LastTransitionTime);
        Assert.Equal(new Time(Make.Now.AddSeconds(2)), Progressing(deployment).LastUpdateTime);
        Assert.Null(DeploymentStatusOf.NextProgressCheck(deployment, deployment.Status!, Make.Now));

        newest.Status.AvailableReplicas = 0;
        Step(deployment, newest, 900);
        Assert.Equal("NewReplicaSetAvailable", Progressing(deployment).Reason);
    }

    [Fact]
    public void No_progress_within_the_deadline_is_a_failure_that_is_looked_for_in_time()
    {
        var deployment = Make.Deployment(3);
        var newest = Make.Set("web-1", 3, 0);
        Step(deployment, newest, 0);
        Assert.Equal(TimeSpan.FromSeconds(601), DeploymentStatusOf.NextProgressCheck(deployment, deployment.Status!, Make.Now));
        Step(deployment, newest, 600);
        Assert.Equal("ReplicaSetUpdated", Progressing(deployment).Reason);
        Step(deployment, newest, 601);
        Assert.Equal(("False", "ProgressDeadlineExceeded", "ReplicaSet \"web-1\" has timed out progressing."), (Progressing(deployment).Status, Progressing(deployment).Reason, Progressing(deployment).Message));
        newest.Status!.AvailableReplicas = newest.Status.ReadyReplicas = 1;
        Step(deployment, newest, 700);
        Assert.Equal("ReplicaSetUpdated", Progressing(deployment).Reason);
    }

    [Fact]
    public void A_failure_of_the_newest_set_is_shown_and_goes_with_it()
    {
        var deployment = Make.Deployment(1);
        var newest = Make.Set("web-1", 1, 0);
        newest.Status!.Conditions = [new ReplicaSetCondition { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = "no" }];
        Step(deployment, newest, 0);
        Assert.Contains("ReplicaFailure=True FailedCreate", Story(deployment), StringComparison.Ordinal);
        newest.Status.Conditions = null;
        Step(deployment, newest, 1);
        Assert.DoesNotContain("ReplicaFailure", Story(deployment), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_are_sums_over_all_sets()
    {
        var deployment = Make.Deployment(4);
        var status = DeploymentStatusOf.Calculate(deployment, [Make.Set("old", 3, 2), Make.Set("new", 2, 1)], Make.Set("new", 2, 1), Make.Now);
        Assert.Equal((5, 2, 3, 3, 2, 1L), (status.Replicas, status.UpdatedReplicas, status.ReadyReplicas, status.AvailableReplicas, status.UnavailableReplicas, status.ObservedGeneration));
    }

    [Fact]
    public void The_same_template_has_the_same_hash_whatever_the_order_of_its_maps()
    {
        var template = Make.Deployment(1).Spec!.Template!;
        template.Metadata!.Labels = new() { ["a"] = "1", ["b"] = "2" };
        var hash = TemplateHash.Compute(template, null);
        template.Metadata.Labels = new() { ["b"] = "2", ["a"] = "1" };
        Assert.Equal(hash, TemplateHash.Compute(template, null));
        Assert.NotEqual(hash, TemplateHash.Compute(template, 1));
        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", hash);

        // The hash is part of names in every cluster's store: a change of this value replaces every replica set.
        Assert.Equal("59875bcfdd", hash);
    }

    [Fact]
    public void Rolling_back_to_a_set_raises_its_revision_and_keeps_its_history()
    {
        var deployment = Make.Deployment(1);
        deployment.Metadata.Annotations = new() { ["kubernetes.io/change-cause"] = "back", ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" };
        var set = Make.Set("s", 1);
        Assert.True(DeploymentAnnotations.CopyToNewSet(deployment, set, 1));
        Assert.False(DeploymentAnnotations.CopyToNewSet(deployment, set, 1));
        Assert.True(DeploymentAnnotations.CopyToNewSet(deployment, set, 3));
        Assert.True(DeploymentAnnotations.CopyToNewSet(deployment, set, 10));
        Assert.Equal("10", set.Metadata.Annotations![DeploymentAnnotations.Revision]);
        Assert.Equal("1,3", set.Metadata.Annotations[DeploymentAnnotations.RevisionHistory]);
        Assert.Equal("back", set.Metadata.Annotations["kubernetes.io/change-cause"]);
        Assert.DoesNotContain("kubectl.kubernetes.io/last-applied-configuration", set.Metadata.Annotations.Keys);
        Assert.False(DeploymentAnnotations.CopyToNewSet(deployment, set, 9));
    }

    private static void Step(Deployment deployment, ReplicaSet newest, int seconds) =>
        deployment.Status = DeploymentStatusOf.CalculateRollout(deployment, [newest], newest, Make.Now.AddSeconds(seconds));

    private static DeploymentCondition Progressing(Deployment deployment) => DeploymentConditions.Find(deployment.Status, DeploymentConditions.Progressing)!;

    private static string Story(Deployment deployment) =>
        string.Join(", ", deployment.Status!.Conditions!.Select(static condition => $"{condition.Type}={condition.Status} {condition.Reason}").Order(StringComparer.Ordinal));

    private static string Reversed(Deployment deployment) =>
        string.Join(", ", deployment.Status!.Conditions!.Select(static condition => $"{condition.Type}={condition.Status} {condition.Reason}").OrderDescending(StringComparer.Ordinal));
}
