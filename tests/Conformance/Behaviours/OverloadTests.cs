using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Priority and fairness in a server that has hardly any seats.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class OverloadTests(BehaviourCluster cluster)
{
    private const string Levels = "apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/";
    private const string Schemas = "apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/";

    [Fact]
    public async Task System_components_are_served_while_a_client_floods()
    {
        await using var small = await cluster.Server.StartAnotherAsync(o => o with { MaxRequestsInflight = 1, MaxMutatingRequestsInflight = 0 });
        cluster.Server.IssueClient("flooder");
        cluster.Server.IssueClient("system:node:busy", "system:nodes");
        using var admin = cluster.SessionOf("admin", small.Port);
        using var node = cluster.SessionOf("system:node:busy", small.Port);
        using var flooder = cluster.SessionOf("flooder", small.Port);
        await Eventually.HoldsAsync(async () => (int)(await admin.GetAsync("readyz")).Code == 200, "the server is ready");
        var uids = (Level: (await admin.ReadAsync(Levels + "node-high")).Text("metadata.uid"), Schema: (await admin.ReadAsync(Schemas + "system-node-high")).Text("metadata.uid"));

        // With one seat in all, the level of other clients has none until it borrows: its queues fill up.
        var flood = Enumerable.Range(0, 350).Select(_ => flooder.GetAsync("api/v1/pods")).ToList();
        IEnumerable<ApiAnswer> Answers() => flood.Where(request => request.IsCompletedSuccessfully).Select(request => request.Result);
        await Eventually.HoldsAsync(() => Answers().Any(answer => (int)answer.Code == 429), "requests of the flood are refused");
        var refused = Answers().First(answer => (int)answer.Code == 429);
        refused.Fails(429, "TooManyRequests");
        Assert.True(int.Parse(refused.Headers.GetValues("Retry-After").Single()) >= 1);
        var served = await node.GetAsync("api/v1/nodes/busy");
        served.Fails(404, "NotFound");
        Assert.Equal(uids.Level, served.Headers.GetValues("X-Kubernetes-Pf-Prioritylevel-Uid").Single());
        Assert.Equal(uids.Schema, served.Headers.GetValues("X-Kubernetes-Pf-Flowschema-Uid").Single());
        var metrics = (await admin.GetAsync("metrics")).Text;
        Assert.Matches("""apiserver_flowcontrol_rejected_requests_total\{flow_schema="global-default",priority_level="global-default",reason="queue-full"\} \d+""", metrics);
        Assert.Matches("""apiserver_flowcontrol_nominal_limit_seats\{priority_level="node-high"\} \d+""", metrics);
    }

    [Fact]
    public async Task Mandatory_objects_come_back_and_a_schema_says_when_its_level_is_missing()
    {
        await cluster.Admin.CreateAsync("apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", """
            {"metadata":{"name":"dangling"},"spec":{"priorityLevelConfiguration":{"name":"nowhere"},"matchingPrecedence":9999}}
            """);
        var levels = await cluster.Admin.ReadAsync(Levels + "catch-all");
        Assert.Equal("Reject", levels.Text("spec.limited.limitResponse.type"));
        await cluster.Admin.PatchAsync(Levels + "catch-all", """{"spec":{"limited":{"nominalConcurrencyShares":77}}}""");
        await cluster.Admin.PatchAsync(Levels + "workload-low", """{"metadata":{"annotations":{"apf.kubernetes.io/autoupdate-spec":"false"}},"spec":{"limited":{"nominalConcurrencyShares":77}}}""");
        await using var another = await cluster.Server.StartAnotherAsync();
        using var admin = cluster.SessionOf("admin", another.Port);
        await Eventually.HoldsAsync(async () => (int)(await admin.GetAsync("readyz")).Code == 200, "the server is ready");
        Assert.Equal("5", Shares(await admin.ReadAsync(Levels + "catch-all")));
        Assert.Equal("77", Shares(await admin.ReadAsync(Levels + "workload-low")));
        var conditions = (await admin.ReadAsync(Schemas + "dangling"))["status"]!["conditions"]!.AsArray();
        Assert.Equal(("Dangling", "True", "NotFound"), ((string?)conditions[0]!["type"], (string?)conditions[0]!["status"], (string?)conditions[0]!["reason"]));
        (await cluster.Admin.DeleteAsync(Schemas + "dangling")).Is(200);

        static string? Shares(JsonObject level) => level["spec"]!["limited"]!["nominalConcurrencyShares"]!.ToString();
    }
}
