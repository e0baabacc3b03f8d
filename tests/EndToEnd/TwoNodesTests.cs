using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>A cluster with two nodes on the process runtime.</summary>
public sealed class TwoNodeCluster() : TestCluster("--runtime", "process", "--stores", "1", "--nodes", "2");

/// <summary>What takes more than one node.</summary>
public sealed class TwoNodesTests(TwoNodeCluster cluster) : IClassFixture<TwoNodeCluster>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    [Behaviour("cluster-shape", "Minimum two nodes")]
    public async Task Two_nodes_take_pods()
    {
        // A node on a machine that is busy may be late with a heartbeat, and comes back by itself.
        await Eventually.HoldsAsync(async () => (await NodesAsync()).Count(IsSchedulable) == 2, "two nodes are ready, without taints, and take pods", Limit);

        const string manifest = """
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: {name: apart}
            spec:
              replicas: 2
              selector: {matchLabels: {app: apart}}
              template:
                metadata: {labels: {app: apart}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, image: none, command: [sh, -c, "echo here; exec sleep 3600"]}]
                  affinity:
                    podAntiAffinity:
                      requiredDuringSchedulingIgnoredDuringExecution:
                        - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: apart}}}
            """;
        (await cluster.KubectlWithInputAsync(manifest, "create", "-f", "-")).Succeeded();
        await cluster.AwaitAsync("replicaset/apart", ".status.readyReplicas", "2", Limit);
        var pods = JsonNode.Parse(await cluster.Kubectl("get", "pods", "-l", "app=apart", "-o", "json"))!["items"]!.AsArray();
        Assert.Equal(["node-1", "node-2"], pods.Select(static pod => (string)pod!["spec"]!["nodeName"]!).Order());
        foreach (var pod in pods)
        {
            Assert.Equal("here", await cluster.Kubectl("logs", (string)pod!["metadata"]!["name"]!));
        }

        await cluster.Kubectl("delete", "replicaset", "apart");
    }

    private static bool IsSchedulable(JsonNode? node) =>
        node!["spec"]?["taints"] is null
        && node["spec"]?["unschedulable"] is null
        && node["status"]!["conditions"]!.AsArray().Any(static condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True");

    private async Task<JsonArray> NodesAsync() => JsonNode.Parse(await cluster.Kubectl("get", "nodes", "-o", "json"))!["items"]!.AsArray();
}
