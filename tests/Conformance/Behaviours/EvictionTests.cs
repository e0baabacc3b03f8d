using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Evictions, held to disruption budgets. No controller counts pods here: the tests say what a budget allows.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class EvictionTests(BehaviourCluster cluster)
{
    private const string Ready = """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""";
    private const string NotReady = """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}}""";

    private ApiSession Api => cluster.Admin;

    [Fact]
    public async Task A_pod_says_that_it_was_evicted_before_it_goes()
    {
        var ns = await cluster.NamespaceAsync("evict");
        var path = await PodAsync(ns, "p", Ready, "\"finalizers\":[\"example.com/hold\"],");
        Assert.Equal("name in URL does not match name in Eviction object", (await EvictAsync(path, "other")).Fails(400, "BadRequest"));
        (await EvictAsync(path, "p", "\"dryRun\":[\"All\"]")).Is(201);
        Assert.Empty((await Api.ReadAsync(path)).Text("metadata.deletionTimestamp"));
        (await EvictAsync(path, "p", "\"gracePeriodSeconds\":7")).Is(201);
        var pod = await Api.ReadAsync(path);
        Assert.Equal("7", pod.Text("metadata.deletionGracePeriodSeconds"));
        var condition = pod.Items("status.conditions").Single(static item => item.Text("type") == "DisruptionTarget");
        Assert.Equal(("True", "EvictionByEvictionAPI", "Eviction API: evicting"), (condition.Text("status"), condition.Text("reason"), condition.Text("message")));
        (await Api.PatchAsync(path, """{"metadata":{"finalizers":null}}""")).Is(200);
    }

    [Fact]
    public async Task A_budget_is_charged_and_then_refuses()
    {
        var ns = await cluster.NamespaceAsync("evict-budget");
        var (one, two) = (await PodAsync(ns, "one", Ready), await PodAsync(ns, "two", Ready));
        var budget = await BudgetAsync(ns, "", allowed: 1, healthy: 2, desired: 1);
        (await EvictAsync(one, "one")).Is(201);
        var status = (JsonObject)(await Api.ReadAsync(budget))["status"]!;
        Assert.Equal("0", status.Text("disruptionsAllowed"));
        Assert.NotEmpty(status.Text("disruptedPods.one"));
        Assert.Equal(("False", "InsufficientPods"), (status.Items("conditions").Single().Text("status"), status.Items("conditions").Single().Text("reason")));
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", (await EvictAsync(two, "two")).Fails(429, "TooManyRequests"));
        var result = await cluster.Server.KubectlAsync("1.32", ["get", "pdb", "-n", ns]);
        Assert.Matches(@"^NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\nb +1 +N/A +0 +\d+s\n$", result.Output);
    }

    [Theory]
    [InlineData("", 1, 2, 429)]
    [InlineData("", 1, 1, 201)]
    [InlineData("\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\",", 1, 2, 201)]
    [InlineData("\"unhealthyPodEvictionPolicy\":\"IfHealthyBudget\",", 2, 2, 201)]
    public async Task A_pod_that_is_not_ready_is_spared_by_a_healthy_budget_or_by_the_policy(string policy, int healthy, int desired, int code)
    {
        var ns = await cluster.NamespaceAsync("evict-unready");
        var path = await PodAsync(ns, "p", NotReady);
        await BudgetAsync(ns, policy, allowed: 0, healthy, desired);
        Assert.Equal(code, (int)(await EvictAsync(path, "p")).Code);
    }

    private async Task<string> PodAsync(string ns, string name, string status, string metadata = "")
    {
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", $$$$"""{"metadata":{ {{{{metadata}}}} "name":"{{{{name}}}}","labels":{"app":"a"}},"spec":{"nodeName":"none","containers":[{"name":"c","image":"i"}]}}""");
        (await Api.PatchAsync($"api/v1/namespaces/{ns}/pods/{name}/status", status)).Is(200);
        return $"api/v1/namespaces/{ns}/pods/{name}";
    }

    private async Task<string> BudgetAsync(string ns, string spec, int allowed, int healthy, int desired)
    {
        var path = $"apis/policy/v1/namespaces/{ns}/poddisruptionbudgets";
        await Api.CreateAsync(path, $$$$$"""{"metadata":{"name":"b"},"spec":{ {{{{{spec}}}}} "minAvailable":1,"selector":{"matchLabels":{"app":"a"}}}}""");
        (await Api.PatchAsync($"{path}/b/status", $$$$"""{"status":{"observedGeneration":1,"disruptionsAllowed":{{{{allowed}}}},"currentHealthy":{{{{healthy}}}},"desiredHealthy":{{{{desired}}}},"expectedPods":{{{{healthy}}}}}}""")).Is(200);
        await cluster.SettleAsync(path);
        return $"{path}/b";
    }

    private Task<ApiAnswer> EvictAsync(string pod, string name, string options = "") =>
        Api.PostAsync($"{pod}/eviction", $$$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{{name}}}}"},"deleteOptions":{ {{{{options}}}} }}""");
}
