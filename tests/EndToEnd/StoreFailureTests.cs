using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>Store members die and come back under a cluster that people use.</summary>
[Collection(SharedCluster.Name)]
public class StoreFailureTests(TestCluster cluster)
{
    private static readonly string[] Stores = ["store-1", "store-2", "store-3"];

    [Fact]
    public async Task The_operator_sees_three_members_one_leader_and_the_objects()
    {
        var members = await StatusesAsync();
        Assert.Equal(3, members.Count);
        Assert.Single(members, member => (ulong)member["Status"]!["leader"]! == (ulong)member["Status"]!["header"]!["member_id"]!);
        var table = (await cluster.EtcdctlAsync("endpoint status -w table")).Succeeded();
        Assert.Contains("| IS LEADER |", table);

        var keys = (await cluster.EtcdctlAsync("get /registry --prefix --keys-only")).Succeeded();
        Assert.Contains("/registry/namespaces/default\n", keys);
        Assert.Contains("/registry/nodes/node-1\n", keys);
    }

    [Fact]
    public async Task Losing_any_one_member_stops_nobody_and_it_catches_up()
    {
        foreach (var store in Stores)
        {
            (await cluster.ClusterAsync("kill", store)).Succeeded();
            var name = "during-" + store;
            await cluster.Kubectl("create", "configmap", name, "--from-literal=a=b");
            Assert.Equal("b", await cluster.Kubectl("get", "configmap", name, "-o", "jsonpath={.data.a}"));

            (await cluster.ClusterAsync("start", store)).Succeeded();
            await Eventually.HoldsAsync(EqualRevisionsAsync, $"{store} has caught up", TimeSpan.FromSeconds(90));
        }
    }

    [Fact]
    public async Task All_members_killed_and_started_lose_nothing()
    {
        await cluster.Kubectl("create", "configmap", "kept", "--from-literal=a=b");
        var before = await cluster.Kubectl("get", "configmap", "kept", "-o", "jsonpath={.metadata.uid} {.metadata.resourceVersion}");
        foreach (var store in Stores)
        {
            (await cluster.ClusterAsync("kill", store)).Succeeded();
        }

        // Started side by side: no member is ready before there is a majority.
        var starts = await Task.WhenAll(Stores.Select(store => cluster.ClusterAsync("start", store)));
        Assert.All(starts, start => start.Succeeded());
        await Eventually.HoldsAsync(
            async () => (await cluster.KubectlAsync("get", "configmap", "kept", "-o", "jsonpath={.metadata.uid} {.metadata.resourceVersion}")).Output == before,
            "the object is there as it was",
            TimeSpan.FromSeconds(90));
        await cluster.Kubectl("create", "configmap", "after", "--from-literal=a=b");
    }

    private async Task<List<JsonNode>> StatusesAsync()
    {
        var json = (await cluster.EtcdctlAsync("endpoint status -w json")).Succeeded();
        return [.. JsonNode.Parse(json)!.AsArray().Select(member => member!)];
    }

    private async Task<bool> EqualRevisionsAsync()
    {
        if ((await cluster.EtcdctlAsync("endpoint status -w json")) is not { ExitCode: 0, Output: var json })
        {
            return false;
        }

        var members = JsonNode.Parse(json)!.AsArray();
        return members.Count == 3 && members.Select(member => (long)member!["Status"]!["header"]!["revision"]!).Distinct().Count() == 1;
    }
}
