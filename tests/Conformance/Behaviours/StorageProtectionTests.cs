using System.Net;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Claims and volumes in use outlive their deletion, as kubectl shows it.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class StorageProtectionTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    public async Task A_claim_is_terminating_until_the_last_pod_that_uses_it_is_gone()
    {
        var ns = await cluster.NamespaceAsync("protection");
        var path = $"api/v1/namespaces/{ns}";
        var created = await Api.CreateAsync($"{path}/persistentvolumeclaims", """{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        Assert.Equal("""["kubernetes.io/pvc-protection"]""", created.At("metadata.finalizers")!.ToJsonString());
        Assert.Equal("""{"phase":"Pending"}""", created["status"]!.ToJsonString());
        await Api.CreateAsync($"{path}/pods", """{"metadata":{"name":"user"},"spec":{"nodeName":"none","containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"c"}}]}}""");
        Assert.Equal($"persistentvolumeclaim \"c\" deleted\n", await KubectlAsync("delete", "pvc", "c", "-n", ns, "--wait=false"));
        Assert.Matches(@"^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE\nc +Terminating +<unset> +\d+s\n$", await KubectlAsync("get", "pvc", "-n", ns));
        var described = await KubectlAsync("describe", "pvc", "c", "-n", ns);
        Assert.Matches(@"(?m)^Status: +Terminating \(lasts ", described);
        Assert.Matches(@"(?m)^Finalizers: +\[kubernetes\.io/pvc-protection\]$", described);
        Assert.Matches(@"(?m)^Used By: +user$", described);

        // Ended is not gone: the pod still names the claim.
        (await Api.PatchAsync($"{path}/pods/user/status", """{"status":{"phase":"Succeeded"}}""")).Is(200);
        await Api.CreateAsync($"{path}/persistentvolumeclaims", """{"metadata":{"name":"unused"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        Assert.Equal("persistentvolumeclaim \"unused\" deleted\n", await KubectlAsync("delete", "pvc", "unused", "-n", ns));
        Assert.NotEmpty((await Api.ReadAsync($"{path}/persistentvolumeclaims/c")).Text("metadata.deletionTimestamp"));

        (await Api.DeleteAsync($"{path}/pods/user", """{"gracePeriodSeconds":0}""")).Is(200);
        await Eventually.HoldsAsync(async () => (await Api.GetAsync($"{path}/persistentvolumeclaims/c")).Code == HttpStatusCode.NotFound, "the claim gone");
    }

    [Fact]
    public async Task A_volume_is_terminating_until_it_is_no_longer_bound()
    {
        const string path = "api/v1/persistentvolumes";
        var created = await Api.CreateAsync(path, """{"metadata":{"name":"protected"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/tmp/protected"}}}""");
        Assert.Equal("""["kubernetes.io/pv-protection"]""", created.At("metadata.finalizers")!.ToJsonString());
        Assert.Equal("Pending", created.Text("status.phase"));
        Assert.NotEmpty(created.Text("status.lastPhaseTransitionTime"));
        (await Api.PatchAsync($"{path}/protected/status", """{"status":{"phase":"Bound"}}""")).Is(200);
        await KubectlAsync("delete", "pv", "protected", "--wait=false");
        Assert.Matches(@"\nprotected +1Gi +RWO +Retain +Terminating +<unset> +\d+s\n$", await KubectlAsync("get", "pv", "protected"));
        Assert.Matches(@"(?m)^Status: +Terminating \(lasts ", await KubectlAsync("describe", "pv", "protected"));
        (await Api.PatchAsync($"{path}/protected/status", """{"status":{"phase":"Released"}}""")).Is(200);
        await Eventually.HoldsAsync(async () => (await Api.GetAsync($"{path}/protected")).Code == HttpStatusCode.NotFound, "the volume gone");
    }

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        var result = await cluster.Server.KubectlAsync("1.32", arguments);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result.ExitCode}\n{result.Output}{result.Error}");
        return result.Output;
    }
}
