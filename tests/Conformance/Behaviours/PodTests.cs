using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What the API makes of a pod before any node sees it.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class PodTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Theory]
    [Behaviour("pod-lifecycle", "QoS class")]
    [InlineData("""{"requests":{"cpu":"100m","memory":"100Mi"},"limits":{"cpu":"100m","memory":"100Mi"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"100m","memory":"100Mi"}}""", "Guaranteed")]
    [InlineData("""{"requests":{"cpu":"100m"}}""", "Burstable")]
    [InlineData("{}", "BestEffort")]
    public async Task Requests_and_limits_make_the_class(string resources, string expected)
    {
        var pod = await Api.CreateAsync(await PodsAsync(), Pod("p", $"\"resources\":{resources}"));
        Assert.Equal(expected, pod.Text("status.qosClass"));
    }

    [Fact]
    [Behaviour("pod-lifecycle", "Pod and PodStatus lifecycle")]
    public async Task A_pod_is_patched_its_status_replaced_and_it_goes()
    {
        var path = await PodsAsync();
        using var watch = await Api.WatchAsync($"{path}?labelSelector=l=1");
        await Api.CreateAsync(path, Pod("p", labels: "\"l\":\"1\""));
        Assert.Equal("ADDED p", await watch.NextNameAsync());
        var patched = (await Api.PatchAsync($"{path}/p", """{"metadata":{"labels":{"patched":"yes"}},"spec":{"terminationGracePeriodSeconds":null,"containers":[{"name":"c","image":"other"}]}}""", ApiSession.StrategicMergePatch)).Is(200);
        Assert.Equal("other", patched.Text("spec.containers.0.image"));
        Assert.Equal("MODIFIED p", await watch.NextNameAsync());
        patched["status"] = JsonNode.Parse("""{"phase":"Running","conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"False"}]}""");
        var replaced = (await Api.PutAsync($"{path}/p/status", patched)).Is(200);
        Assert.Equal("False", replaced.Text("status.conditions.0.status"));
        Assert.Equal("BestEffort", replaced.Text("status.qosClass"));
        Assert.Equal("MODIFIED p", await watch.NextNameAsync());
        (await Api.DeleteAsync($"{path}/p", """{"gracePeriodSeconds":1}""")).Is(200);
        Assert.Equal("DELETED p", await watch.NextNameAsync());
        (await Api.GetAsync($"{path}/p")).Fails(404, "NotFound");
    }

    [Fact]
    [Behaviour("sysctl", "Reject invalid")]
    public async Task Malformed_sysctl_names_are_refused()
    {
        const string spec = """
            "securityContext":{"sysctls":[{"name":"foo-","value":"bar"},{"name":"kernel.shmmax","value":"100000000"},{"name":"safe-and-unsafe","value":"100000000"},{"name":"bar..","value":"42"}]}
            """;
        var message = (await Api.PostAsync(await PodsAsync(), Pod("p", spec: spec))).Fails(422, "Invalid");
        Assert.Contains("Invalid value: \"foo-\"", message, StringComparison.Ordinal);
        Assert.Contains("Invalid value: \"bar..\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain("safe-and-unsafe", message, StringComparison.Ordinal);
        Assert.DoesNotContain("kernel.shmmax", message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour("runtimeclass", "Missing class")]
    [Behaviour("runtimeclass", "Deleted class")]
    public async Task A_runtime_class_that_is_not_there_refuses_the_pod()
    {
        var path = await PodsAsync();
        await Api.CreateAsync("apis/node.k8s.io/v1/runtimeclasses", """{"metadata":{"name":"deleted"},"handler":"h"}""");
        (await Api.DeleteAsync("apis/node.k8s.io/v1/runtimeclasses/deleted")).Is(200);
        foreach (var name in (string[])["nonexistent", "deleted"])
        {
            var message = (await Api.PostAsync(path, Pod("p", spec: $"\"runtimeClassName\":\"{name}\""))).Fails(403, "Forbidden");
            Assert.Contains($"pod rejected: RuntimeClass \"{name}\" not found", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Behaviour("runtimeclass", "Overhead")]
    [Behaviour("runtimeclass", "Existing class")]
    public async Task A_runtime_class_gives_the_pod_its_overhead_and_place()
    {
        var path = await PodsAsync();
        await Api.CreateAsync("apis/node.k8s.io/v1/runtimeclasses", """{"metadata":{"name":"plain"},"handler":"h"}""");
        await Api.CreateAsync("apis/node.k8s.io/v1/runtimeclasses", """{"metadata":{"name":"heavy"},"handler":"h","overhead":{"podFixed":{"cpu":"10m","memory":"1Mi"}},"scheduling":{"nodeSelector":{"zone":"a"},"tolerations":[{"key":"k","operator":"Exists","effect":"NoSchedule"}]}}""");
        Assert.Null((await Api.CreateAsync(path, Pod("plain", spec: "\"runtimeClassName\":\"plain\""))).At("spec.overhead"));
        var heavy = await Api.CreateAsync(path, Pod("heavy", spec: "\"runtimeClassName\":\"heavy\",\"nodeSelector\":{\"own\":\"b\"}"));
        Assert.Equal(("10m", "1Mi"), (heavy.Text("spec.overhead.cpu"), heavy.Text("spec.overhead.memory")));
        Assert.Equal(("a", "b"), (heavy.Text("spec.nodeSelector.zone"), heavy.Text("spec.nodeSelector.own")));
        Assert.Contains(heavy.Items("spec.tolerations"), t => t.Text("key") == "k");
        var own = (await Api.PostAsync(path, Pod("own", spec: "\"runtimeClassName\":\"heavy\",\"overhead\":{\"cpu\":\"20m\"}"))).Fails(403, "Forbidden");
        Assert.Contains("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead", own, StringComparison.Ordinal);
        (await Api.PostAsync(path, Pod("elsewhere", spec: "\"runtimeClassName\":\"heavy\",\"nodeSelector\":{\"zone\":\"b\"}"))).Fails(403, "Forbidden");
        (await Api.PostAsync(path, Pod("classless", spec: "\"overhead\":{\"cpu\":\"20m\"}"))).Fails(403, "Forbidden");
    }

    [Fact]
    [Behaviour("limitrange", "Defaults applied")]
    public async Task A_limit_range_fills_in_and_refuses()
    {
        var ns = await cluster.NamespaceAsync("limits");
        var path = $"api/v1/namespaces/{ns}/pods";
        await Api.CreateAsync($"api/v1/namespaces/{ns}/limitranges", """
            {"metadata":{"name":"limits"},"spec":{"limits":[{"type":"Container",
             "min":{"cpu":"50m","memory":"100Mi","ephemeral-storage":"100Gi"},
             "max":{"cpu":"500m","memory":"500Mi","ephemeral-storage":"500Gi"},
             "default":{"cpu":"500m","memory":"500Mi","ephemeral-storage":"500Gi"},
             "defaultRequest":{"cpu":"100m","memory":"200Mi","ephemeral-storage":"200Gi"}}]}}
            """);
        await cluster.SettleAsync($"api/v1/namespaces/{ns}/limitranges");
        var bare = await Api.CreateAsync(path, Pod("bare"));
        Assert.Equal(("100m", "200Mi", "200Gi"), Three(bare, "requests"));
        Assert.Equal(("500m", "500Mi", "500Gi"), Three(bare, "limits"));
        Assert.Equal("Burstable", bare.Text("status.qosClass"));
        var partial = await Api.CreateAsync(path, Pod("partial", Resources("""{"requests":{"cpu":"300m","memory":"150Mi"},"limits":{"cpu":"300m"}}""")));
        Assert.Equal(("300m", "150Mi", "200Gi"), Three(partial, "requests"));
        Assert.Equal(("300m", "500Mi", "500Gi"), Three(partial, "limits"));
        var low = (await Api.PostAsync(path, Pod("low", Resources("""{"requests":{"cpu":"10m","memory":"50Mi"}}""")))).Fails(403, "Forbidden");
        Assert.Contains("minimum cpu usage per Container is 50m, but request is 10m", low, StringComparison.Ordinal);
        Assert.Contains("minimum memory usage per Container is 100Mi, but request is 50Mi", low, StringComparison.Ordinal);
        var high = (await Api.PostAsync(path, Pod("high", Resources("""{"requests":{"cpu":"600m"},"limits":{"cpu":"600m"}}""")))).Fails(403, "Forbidden");
        Assert.Contains("maximum cpu usage per Container is 500m, but limit is 600m", high, StringComparison.Ordinal);
        (await Api.PatchAsync($"api/v1/namespaces/{ns}/limitranges/limits", """{"spec":{"limits":[{"type":"Container","min":{"cpu":"9m","memory":"10Mi"},"max":{"cpu":"500m","memory":"500Mi"}}]}}""")).Is(200);
        await cluster.SettleAsync($"api/v1/namespaces/{ns}/limitranges");
        await Api.CreateAsync(path, Pod("now-enough", Resources("""{"requests":{"cpu":"10m","memory":"50Mi"},"limits":{"cpu":"10m","memory":"50Mi"}}""")));
        (await Api.PostAsync(path, Pod("no-limit", Resources("""{"requests":{"cpu":"600m"}}""")))).Fails(422, "Invalid");

        static (string, string, string) Three(JsonObject pod, string kind) =>
            (pod.Text($"spec.containers.0.resources.{kind}.cpu"), pod.Text($"spec.containers.0.resources.{kind}.memory"), pod.Text($"spec.containers.0.resources.{kind}.ephemeral-storage"));
    }

    [Fact]
    [Behaviour("priorityclass", "PriorityClass endpoints")]
    public async Task A_priority_class_keeps_its_value()
    {
        const string path = "apis/scheduling.k8s.io/v1/priorityclasses";
        var created = await Api.CreateAsync(path, """{"metadata":{"name":"p1"},"value":100,"preemptionPolicy":"Never"}""");
        (await Api.PutAsync($"{path}/p1", ((JsonObject)created.DeepClone()).With("value", 2000))).Fails(422, "Invalid");
        (await Api.PatchAsync($"{path}/p1", """{"preemptionPolicy":"PreemptLowerPriority"}""")).Fails(422, "Invalid");
        (await Api.PatchAsync($"{path}/p1", """{"value":5}""", ApiSession.StrategicMergePatch)).Fails(422, "Invalid");
        Assert.Equal("new", (await Api.PatchAsync($"{path}/p1", """{"description":"new"}""")).Is(200).Text("description"));
        var pod = await Api.CreateAsync(await PodsAsync(), Pod("p", spec: "\"priorityClassName\":\"p1\""));
        Assert.Equal(("100", "Never"), (pod.Text("spec.priority"), pod.Text("spec.preemptionPolicy")));
        (await Api.DeleteAsync($"{path}/p1")).Is(200);
    }

    [Fact]
    public async Task A_cluster_has_its_own_priority_classes_and_one_default_at_most()
    {
        const string path = "apis/scheduling.k8s.io/v1/priorityclasses";
        Assert.Equal("2000001000", (await Api.ReadAsync($"{path}/system-node-critical")).Text("value"));
        Assert.Equal("2000000000", (await Api.ReadAsync($"{path}/system-cluster-critical")).Text("value"));
        var kept = (await Api.DeleteAsync($"{path}/system-node-critical")).Fails(403, "Forbidden");
        Assert.Contains("this is a system priority class and cannot be deleted", kept, StringComparison.Ordinal);
        await Api.CreateAsync(path, """{"metadata":{"name":"usual"},"value":1,"globalDefault":true}""");
        await cluster.SettleAsync(path);
        var second = (await Api.PostAsync(path, """{"metadata":{"name":"other"},"value":2,"globalDefault":true}""")).Fails(403, "Forbidden");
        Assert.Contains("PriorityClass usual is already marked as default. Only one default can exist", second, StringComparison.Ordinal);
        (await Api.PatchAsync($"{path}/usual", """{"description":"what pods get"}""")).Is(200);
        (await Api.DeleteAsync($"{path}/usual")).Is(200);
    }

    [Fact]
    [Behaviour("csi-api", "Inline CSI volumes")]
    public async Task A_pod_keeps_its_inline_csi_volume()
    {
        var path = await PodsAsync();
        await Api.CreateAsync("apis/storage.k8s.io/v1/csidrivers", """{"metadata":{"name":"inline.example.com"},"spec":{"volumeLifecycleModes":["Ephemeral"]}}""");
        const string volume = """{"name":"v","csi":{"driver":"inline.example.com","readOnly":true,"volumeAttributes":{"foo":"bar"}}}""";
        await Api.CreateAsync(path, Pod("p", spec: $"\"volumes\":[{volume}]", labels: "\"l\":\"csi\""));
        var listed = (await Api.ReadAsync($"{path}?labelSelector=l=csi")).Items().Single();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(volume), listed.At("spec.volumes.0")), listed.At("spec.volumes").Print());
        (await Api.DeleteAsync($"{path}?labelSelector=l=csi")).Is(200);
        Assert.Empty((await Api.ReadAsync(path)).Items());
        (await Api.DeleteAsync("apis/storage.k8s.io/v1/csidrivers/inline.example.com")).Is(200);
    }

    private async Task<string> PodsAsync() => $"api/v1/namespaces/{await cluster.NamespaceAsync("pods")}/pods";

    private static string Pod(string name, string container = "", string spec = "", string labels = "") =>
        $"{{\"metadata\":{{\"name\":\"{name}\",\"labels\":{{{labels}}}}},\"spec\":{{{spec}{Comma(spec)}\"containers\":[{{{container}{Comma(container)}\"name\":\"c\",\"image\":\"i\"}}]}}}}";

    private static string Resources(string resources) => "\"resources\":" + resources;

    private static string Comma(string before) => before.Length == 0 ? "" : ",";
}
