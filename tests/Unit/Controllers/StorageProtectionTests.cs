using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Controllers.StorageProtection;

namespace Kube.Controllers.Tests;

/// <summary>Which pods keep a claim.</summary>
public sealed class StorageProtectionTests
{
    [Theory]
    [InlineData("by name", true)]
    [InlineData("by name without a node", false)]
    [InlineData("by name, ended", true)]
    [InlineData("by name, shut down", true)]
    [InlineData("another claim", false)]
    [InlineData("by name in another namespace", false)]
    [InlineData("ephemeral", true)]
    [InlineData("ephemeral of another pod", false)]
    [InlineData("ephemeral, being deleted", true)]
    [InlineData("ephemeral, shut down", false)]
    public void A_claim_is_kept_by_a_pod(string how, bool isKept)
    {
        var claim = new PersistentVolumeClaim { Metadata = { Name = "p0-v", Namespace = "ns" } };
        var pod = Make.Pod("p0", phase: how.Contains("ended", StringComparison.Ordinal) ? "Succeeded" : "Running", node: how.Contains("without", StringComparison.Ordinal) ? null : "n");
        pod.Metadata.Namespace = how.EndsWith("another namespace", StringComparison.Ordinal) ? "other" : "ns";
        if (how.Contains("ephemeral", StringComparison.Ordinal))
        {
            pod.Spec!.Volumes = [new Volume { Name = "v", Ephemeral = new EphemeralVolumeSource() }];
            claim.Metadata.OwnerReferences = [new OwnerReference { Kind = "Pod", Name = "p0", Uid = how.Contains("another", StringComparison.Ordinal) ? "other" : pod.Metadata.Uid, Controller = true }];
        }
        else
        {
            pod.Spec!.Volumes = [new Volume { Name = "v", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = how == "another claim" ? "other" : "p0-v" } }];
        }

        if (how.Contains("deleted", StringComparison.Ordinal) || how.Contains("shut", StringComparison.Ordinal))
        {
            (pod.Metadata.DeletionTimestamp, pod.Metadata.DeletionGracePeriodSeconds) = (new Time(Make.Now), how.Contains("shut", StringComparison.Ordinal) ? 0 : 30);
        }

        Assert.Equal(isKept, ClaimUse.IsUsedBy(claim, pod));
    }

    [Theory]
    [InlineData("Running", "n", false, false, false)]
    [InlineData("Running", "n", true, false, true)]
    [InlineData("Failed", "n", false, false, true)]
    [InlineData("Pending", null, false, false, true)]
    [InlineData("Running", "n", false, true, true)]
    public void A_pods_claims_are_looked_at_when_it_may_have_released_them(string phase, string? node, bool isGone, bool hasStopped, bool isLookedAt)
    {
        var pod = Make.Pod("p0", phase, node: node);
        pod.Status!.ContainerStatuses![0].State = hasStopped ? new ContainerState { Terminated = new ContainerStateTerminated() } : new ContainerState { Running = new ContainerStateRunning() };
        pod.Metadata.DeletionTimestamp = hasStopped ? new Time(Make.Now) : null;
        Assert.Equal(isLookedAt, ClaimUse.MayRelease(pod, isGone));
    }

    [Fact]
    public void A_pods_claims_are_those_it_names_and_those_made_for_it()
    {
        var pod = Make.Pod("p0");
        pod.Spec!.Volumes =
        [
            new Volume { Name = "a", EmptyDir = new EmptyDirVolumeSource() },
            new Volume { Name = "b", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "claim" } },
            new Volume { Name = "c", Ephemeral = new EphemeralVolumeSource() },
        ];
        Assert.Equal(["claim", "p0-c"], ClaimUse.ClaimsOf(pod));
    }
}
