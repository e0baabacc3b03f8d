using System.Text.Json.Nodes;
using Kube.Controllers.Host;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Quotas with their controller, which has the rights of the controllers and no others. No kubelet holds a deleted pod up.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class QuotaTests(BehaviourCluster cluster) : IAsyncLifetime
{
    private ControllersHost _controllers = null!;

    private ApiSession Api => cluster.Admin;

    public async Task InitializeAsync() => _controllers = await cluster.StartControllersAsync("resourcequota-controller");

    public async Task DisposeAsync() => await _controllers.DisposeAsync();

    [Fact]
    public async Task Kubectl_fills_a_namespace_up_and_makes_room_again()
    {
        var ns = await cluster.NamespaceAsync("quota-kubectl");
        Assert.Equal("resourcequota/q created\n", await KubectlAsync(0, "create", "quota", "q", "--hard=pods=2,cpu=1", "-n", ns));
        await UsedAsync(ns, "q", """{"cpu":"0","pods":"0"}""");
        await PodAsync(ns, "one", "\"requests\":{\"cpu\":\"300m\"}");
        await PodAsync(ns, "two", "\"requests\":{\"cpu\":\"200m\"}");
        Assert.Equal($"Name:       q\nNamespace:  {ns}\nResource    Used  Hard\n--------    ----  ----\ncpu         500m  1\npods        2     2\n", await KubectlAsync(0, "describe", "quota", "q", "-n", ns));
        Assert.Matches(@"^NAME +REQUEST +LIMIT +AGE\nq +cpu: 500m/1, pods: 2/2 +\d+s\n$", await KubectlAsync(0, "get", "quota", "-n", ns));
        Assert.Contains(
            "Error from server (Forbidden): pods \"three\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2",
            await KubectlAsync(1, "run", "three", "-n", ns, "--image=busybox", "--overrides", """{"spec":{"containers":[{"name":"three","image":"busybox","resources":{"requests":{"cpu":"100m"}}}]}}"""),
            StringComparison.Ordinal);
        Assert.Contains("failed quota: q: must specify cpu for: three", await KubectlAsync(1, "run", "three", "-n", ns, "--image=busybox"), StringComparison.Ordinal);
        await KubectlAsync(0, "delete", "pod", "one", "-n", ns);
        await UsedAsync(ns, "q", """{"cpu":"200m","pods":"1"}""");
        await PodAsync(ns, "three", "\"requests\":{\"cpu\":\"100m\"}");
        await UsedAsync(ns, "q", """{"cpu":"300m","pods":"2"}""");
    }

    [Fact]
    [Behaviour("quota", "Status promptly computed")]
    [Behaviour("quota", "Count service")]
    public async Task Services_are_counted_with_their_ports_and_balancers()
    {
        var ns = await QuotaAsync("quota-service", "\"services\":\"10\",\"services.nodeports\":\"1\",\"services.loadbalancers\":\"1\"");
        var path = $"api/v1/namespaces/{ns}/services";
        await UsedAsync(ns, "q", """{"services":"0","services.loadbalancers":"0","services.nodeports":"0"}""");
        await Api.CreateAsync(path, Service("cluster", "ClusterIP"));
        await Api.CreateAsync(path, Service("balanced", "LoadBalancer", "\"allocateLoadBalancerNodePorts\":false,"));
        Assert.Contains("exceeded quota: q, requested: services.nodeports=2", (await Api.PostAsync(path, Service("ports", "NodePort", ports: 2))).Fails(403, "Forbidden"), StringComparison.Ordinal);
        Assert.Contains("exceeded quota: q, requested: services.loadbalancers=1", (await Api.PostAsync(path, Service("second", "LoadBalancer", "\"allocateLoadBalancerNodePorts\":false,"))).Fails(403, "Forbidden"), StringComparison.Ordinal);
        await UsedAsync(ns, "q", """{"services":"2","services.loadbalancers":"1","services.nodeports":"0"}""");
        (await Api.PatchAsync($"{path}/balanced", """{"spec":{"type":"NodePort","allocateLoadBalancerNodePorts":null}}""")).Is(200);
        await UsedAsync(ns, "q", """{"services":"2","services.loadbalancers":"0","services.nodeports":"1"}""");
        (await Api.DeleteAsync($"{path}/cluster")).Is(200);
        (await Api.DeleteAsync($"{path}/balanced")).Is(200);
        await UsedAsync(ns, "q", """{"services":"0","services.loadbalancers":"0","services.nodeports":"0"}""");
    }

    [Fact]
    [Behaviour("quota", "Count pod")]
    public async Task Pods_are_counted_with_what_they_ask_for()
    {
        var ns = await QuotaAsync("quota-pod", "\"pods\":\"5\",\"cpu\":\"1\",\"memory\":\"500Mi\",\"requests.example.com/dongle\":\"3\"");
        await UsedAsync(ns, "q", """{"cpu":"0","memory":"0","pods":"0","requests.example.com/dongle":"0"}""");
        var path = $"api/v1/namespaces/{ns}/pods";
        const string asked = """ "limits":{"cpu":"500m","memory":"252Mi","example.com/dongle":"2"}""";
        await PodAsync(ns, "fits", asked);
        const string one = """{"cpu":"500m","memory":"252Mi","pods":"1","requests.example.com/dongle":"2"}""";
        await UsedAsync(ns, "q", one);
        Assert.Contains("exceeded quota: q, requested: cpu=600m, used: cpu=500m, limited: cpu=1", (await Api.PostAsync(path, Pod("large", """ "limits":{"cpu":"600m","memory":"100Mi"}"""))).Fails(403, "Forbidden"), StringComparison.Ordinal);
        Assert.Contains(
            "exceeded quota: q, requested: requests.example.com/dongle=2, used: requests.example.com/dongle=2, limited: requests.example.com/dongle=3",
            (await Api.PostAsync(path, Pod("dongles", """ "limits":{"cpu":"100m","memory":"100Mi","example.com/dongle":"2"}"""))).Fails(403, "Forbidden"), StringComparison.Ordinal);
        (await Api.PatchAsync($"{path}/fits", """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"100m"}}}]}}""", ApiSession.StrategicMergePatch)).Fails(422, "Invalid");
        await UsedAsync(ns, "q", one);
        (await Api.PatchAsync($"{path}/fits/status", """{"status":{"phase":"Succeeded"}}""")).Is(200);
        await UsedAsync(ns, "q", """{"cpu":"0","memory":"0","pods":"0","requests.example.com/dongle":"0"}""");
        await PodAsync(ns, "again", asked);
        (await Api.DeleteAsync($"{path}/again")).Is(200);
        await UsedAsync(ns, "q", """{"cpu":"0","memory":"0","pods":"0","requests.example.com/dongle":"0"}""");
    }

    [Theory]
    [Behaviour("quota", "Count configmap")]
    [Behaviour("quota", "Count secret")]
    [Behaviour("quota", "Count replicationcontroller")]
    [Behaviour("quota", "Count replicaset")]
    [InlineData("configmaps", "configmaps")]
    [InlineData("secrets", "secrets")]
    [InlineData("replicationcontrollers", "replicationcontrollers")]
    [InlineData("replicasets.apps", "count/replicasets.apps")]
    [InlineData("leases.coordination.k8s.io", "count/leases.coordination.k8s.io")]
    public async Task Objects_are_counted(string id, string bound)
    {
        var resource = ResourceCases.Find(id);
        var ns = await cluster.NamespaceAsync("quota-count");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/resourcequotas", $$$$"""{"metadata":{"name":"q"},"spec":{"hard":{"{{{{bound}}}}":"1"}}}""");
        await UsedAsync(ns, "q", $$"""{"{{bound}}":"0"}""");
        await Api.CreateAsync(resource.In(ns), resource.Manifest("one", "counted"));
        await UsedAsync(ns, "q", $$"""{"{{bound}}":"1"}""");
        var message = (await Api.PostAsync(resource.In(ns), resource.Manifest("two", "counted"))).Fails(403, "Forbidden");
        Assert.Contains($"exceeded quota: q, requested: {bound}=1, used: {bound}=1, limited: {bound}=1", message, StringComparison.Ordinal);
        (await Api.DeleteAsync(resource.In(ns) + "/one")).Is(200);
        await UsedAsync(ns, "q", $$"""{"{{bound}}":"0"}""");
    }

    [Fact]
    [Behaviour("quota", "Quota status changes")]
    public async Task The_status_follows_the_spec_and_never_the_reverse()
    {
        var ns = await QuotaAsync("quota-status", "\"services\":\"2\"");
        var path = $"api/v1/namespaces/{ns}/resourcequotas/q";
        await UsedAsync(ns, "q", """{"services":"0"}""");
        (await Api.PatchAsync(path, """{"spec":{"hard":{"services":"5","configmaps":"7"}}}""")).Is(200);
        await UsedAsync(ns, "q", """{"configmaps":"0","services":"0"}""");
        Assert.Equal("""{"configmaps":"7","services":"5"}""", Sorted((await Api.ReadAsync(path)).At("status.hard")));
        var patched = (await Api.PatchAsync(path + "/status", """{"status":{"hard":{"services":"99"}}}""")).Is(200);
        Assert.Equal("5", patched.Text("spec.hard.services"));
        await Eventually.HoldsAsync(async () => (await Api.ReadAsync(path)).Text("status.hard.services") == "5", "the status to be put right");
        (await Api.PatchAsync(path, """{"spec":{"hard":{"services":null}}}""")).Is(200);
        await UsedAsync(ns, "q", """{"configmaps":"0"}""");
    }

    [Fact]
    [Behaviour("quota", "BestEffort scopes")]
    public async Task Scopes_part_pods_by_quality_of_service()
    {
        var ns = await QuotaAsync("quota-scopes", "\"pods\":\"5\"", "\"scopes\":[\"BestEffort\"]", "best");
        await QuotaAsync(ns, "\"pods\":\"5\"", "\"scopes\":[\"NotBestEffort\"]", "not-best", isNew: false);
        await PartedAsync(ns, "best", Pod("b", ""), "not-best", Pod("n", "\"requests\":{\"cpu\":\"1\"}"));
    }

    [Fact]
    [Behaviour("quota", "Terminating scopes")]
    public async Task Scopes_part_pods_by_their_deadline()
    {
        var ns = await QuotaAsync("quota-scopes", "\"pods\":\"5\"", "\"scopes\":[\"Terminating\"]", "ends");
        await QuotaAsync(ns, "\"pods\":\"5\"", "\"scopes\":[\"NotTerminating\"]", "lasts", isNew: false);
        await PartedAsync(ns, "ends", Pod("e", "", "\"activeDeadlineSeconds\":3600,"), "lasts", Pod("l", ""));
        Assert.Equal(
            $"Name:       ends\nNamespace:  {ns}\nScopes:     Terminating\n * Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.\nResource  Used  Hard\n--------  ----  ----\npods      0     5\n",
            await KubectlAsync(0, "describe", "quota", "ends", "-n", ns));
    }

    [Fact]
    public async Task A_selector_of_scopes_counts_pods_by_priority_class()
    {
        await Api.PostAsync("apis/scheduling.k8s.io/v1/priorityclasses", """{"metadata":{"name":"quota-high"},"value":1000}""");
        await cluster.SettleAsync("apis/scheduling.k8s.io/v1/priorityclasses");
        var ns = await QuotaAsync("quota-priority", "\"pods\":\"1\"", """ "scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In","values":["quota-high"]}]}""");
        await UsedAsync(ns, "q", """{"pods":"0"}""");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", Pod("low", ""));
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", Pod("high", "", "\"priorityClassName\":\"quota-high\","));
        (await Api.PostAsync($"api/v1/namespaces/{ns}/pods", Pod("higher", "", "\"priorityClassName\":\"quota-high\","))).Fails(403, "Forbidden");
        await UsedAsync(ns, "q", """{"pods":"1"}""");
    }

    [Fact]
    public async Task Claims_are_counted_with_their_storage_by_class()
    {
        var ns = await QuotaAsync("quota-claims", "\"persistentvolumeclaims\":\"2\",\"requests.storage\":\"3Gi\",\"gold.storageclass.storage.k8s.io/requests.storage\":\"1Gi\"");
        await UsedAsync(ns, "q", """{"gold.storageclass.storage.k8s.io/requests.storage":"0","persistentvolumeclaims":"0","requests.storage":"0"}""");
        var path = $"api/v1/namespaces/{ns}/persistentvolumeclaims";
        await Api.CreateAsync(path, Claim("gold", "1Gi", "gold"));
        (await Api.PostAsync(path, Claim("more", "1Gi", "gold"))).Fails(403, "Forbidden");
        await Api.CreateAsync(path, Claim("plain", "2Gi", "plain"));
        await UsedAsync(ns, "q", """{"gold.storageclass.storage.k8s.io/requests.storage":"1Gi","persistentvolumeclaims":"2","requests.storage":"3Gi"}""");
        (await Api.DeleteAsync($"{path}/gold")).Is(200);
        await UsedAsync(ns, "q", """{"gold.storageclass.storage.k8s.io/requests.storage":"0","persistentvolumeclaims":"1","requests.storage":"2Gi"}""");
    }

    /// <summary>Each of two pods is charged to its own quota, and given back to it.</summary>
    private async Task PartedAsync(string ns, string first, string firstPod, string second, string secondPod)
    {
        await UsedAsync(ns, first, """{"pods":"0"}""");
        await UsedAsync(ns, second, """{"pods":"0"}""");
        foreach (var (pod, mine, other) in new[] { (firstPod, first, second), (secondPod, second, first) })
        {
            var created = await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", pod);
            await UsedAsync(ns, mine, """{"pods":"1"}""");
            await UsedAsync(ns, other, """{"pods":"0"}""");
            (await Api.DeleteAsync($"api/v1/namespaces/{ns}/pods/{created.Text("metadata.name")}")).Is(200);
            await UsedAsync(ns, mine, """{"pods":"0"}""");
        }
    }

    private static string Sorted(JsonNode? amounts) =>
        new JsonObject((amounts as JsonObject ?? []).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => KeyValuePair.Create(a.Key, a.Value?.DeepClone()))).ToJsonString();

    private static string Pod(string name, string resources, string spec = "") =>
        $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{ {{{{spec}}}} "containers":[{"name":"c","image":"busybox","resources":{ {{{{resources}}}} }}]}}""";

    private static string Service(string name, string type, string spec = "", int ports = 1) =>
        $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{ {{{{spec}}}} "type":"{{{{type}}}}","selector":{"a":"b"},"ports":[{{{{string.Join(',', Enumerable.Range(80, ports).Select(port => $$"""{"name":"p{{port}}","port":{{port}}}"""))}}}}]}}""";

    private static string Claim(string name, string storage, string storageClass) =>
        $$$$$"""{"metadata":{"name":"{{{{{name}}}}}"},"spec":{"storageClassName":"{{{{{storageClass}}}}}","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"{{{{{storage}}}}}"}}}}""";

    private Task<JsonObject> PodAsync(string ns, string name, string resources) => Api.CreateAsync($"api/v1/namespaces/{ns}/pods", Pod(name, resources));

    /// <summary>A quota in a new namespace, or in a present one; answers the namespace.</summary>
    private async Task<string> QuotaAsync(string ns, string hard, string spec = "\"scopes\":[]", string name = "q", bool isNew = true)
    {
        ns = isNew ? await cluster.NamespaceAsync(ns) : ns;
        await Api.CreateAsync($"api/v1/namespaces/{ns}/resourcequotas", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{ {{{{spec}}}},"hard":{ {{{{hard}}}} }}}""");
        return ns;
    }

    /// <summary>Awaits what is used, in the server's cache as well, by which admission goes.</summary>
    private async Task UsedAsync(string ns, string quota, string expected)
    {
        var used = "";
        try
        {
            await Eventually.HoldsAsync(
                async () => (used = Sorted((await Api.ReadAsync($"api/v1/namespaces/{ns}/resourcequotas/{quota}")).At("status.used"))) == expected, "the quota's use");
        }
        catch (TimeoutException)
        {
            Assert.Equal(expected, used);
        }

        await cluster.SettleAsync($"api/v1/namespaces/{ns}/resourcequotas");
    }

    private async Task<string> KubectlAsync(int code, params string[] arguments)
    {
        var result = await cluster.Server.KubectlAsync("1.32", arguments);
        Assert.True(result.ExitCode == code, $"kubectl {string.Join(' ', arguments)}: {result.ExitCode}\n{result.Output}{result.Error}");
        return result.Output + result.Error;
    }
}
