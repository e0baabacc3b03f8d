using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>One pod is followed through the six steps of its way, each seen where it happens.</summary>
[Collection(SharedCluster.Name)]
public class WayOfAPodTests(TestCluster cluster)
{
    [Fact]
    public async Task A_pod_goes_its_way_in_six_steps()
    {
        // The store's own history of the pod's key, from before it exists.
        using var history = Command.Start(
            "sh", ["-c", $". '{Path.Combine(cluster.Home, "store.env")}'; exec etcdctl watch -w json /registry/pods/default/traveller"]);
        var revisions = new List<JsonNode>();
        var reading = Task.Run(async () =>
        {
            while (await history.StandardOutput.ReadLineAsync() is { } line)
            {
                foreach (var change in JsonNode.Parse(line)!["Events"]?.AsArray() ?? [])
                {
                    if ((string?)change!["kv"]!["value"] is not { } value)
                    {
                        continue; // a deletion
                    }

                    lock (revisions)
                    {
                        revisions.Add(JsonNode.Parse(Convert.FromBase64String(value))!);
                    }
                }
            }
        });
        JsonNode[] Revisions()
        {
            lock (revisions)
            {
                return [.. revisions];
            }
        }

        using var stop = new StopOnDispose(history);
        await AwaitWatchAsync();
        await cluster.Kubectl("run", "traveller", "--image=busybox", "--restart=Never", "--command", "--", "/bin/sh", "-c", "echo on my way");
        await cluster.AwaitAsync("pod/traveller", ".status.phase", "Succeeded");
        await Eventually.HoldsAsync(() => Revisions().Any(pod => (string?)pod["status"]?["phase"] == "Succeeded"), "the last revision in the store");
        var stored = Revisions();

        // 1. The request was authenticated and authorised: the audit line names the user.
        var created = await AuditAsync(entry => Verb(entry) == "create" && Target(entry) == "pods/traveller" && Sub(entry) == null);
        Assert.Equal("kubernetes-admin", (string?)created["user"]!["username"]);
        Assert.Equal(201, (int)created["responseStatus"]!["code"]!);

        // 2. and 3. The object was stored, defaulted, without a node.
        Assert.Null(stored[0]["spec"]!["nodeName"]);
        Assert.Equal("Pending", (string?)stored[0]["status"]!["phase"]);
        Assert.Equal("Always", (string?)stored[0]["spec"]!["containers"]![0]!["imagePullPolicy"]);

        // 4. The scheduler posted a Binding.
        var bound = await AuditAsync(entry => Verb(entry) == "create" && Target(entry) == "pods/traveller" && Sub(entry) == "binding");
        Assert.Equal("system:kube-scheduler", (string?)bound["user"]!["username"]);

        // 5. The API server stored it.
        var assigned = Array.FindIndex(stored, pod => (string?)pod["spec"]!["nodeName"] == "node-1");
        Assert.True(assigned > 0);
        Assert.Contains(stored[assigned]["status"]!["conditions"]!.AsArray(), condition =>
            (string?)condition!["type"] == "PodScheduled" && (string?)condition["status"] == "True");

        // 6. The kubelet ran it and reported, as itself.
        var reported = await AuditAsync(entry => Verb(entry) == "patch" && Target(entry) == "pods/traveller" && Sub(entry) == "status");
        Assert.Equal("system:node:node-1", (string?)reported["user"]!["username"]);
        Assert.Equal("on my way", await cluster.Kubectl("logs", "traveller"));

        history.Kill(entireProcessTree: true);
        await reading;

        async Task AwaitWatchAsync()
        {
            // The watch is at work once it has shown a write.
            await Eventually.HoldsAsync(
                async () =>
                {
                    (await cluster.EtcdctlAsync("put /registry/pods/default/traveller '{\"spec\":{\"probe\":true}}'")).Succeeded();
                    return Revisions().Length > 0;
                },
                "the watch on the store");
            (await cluster.EtcdctlAsync("del /registry/pods/default/traveller")).Succeeded();
            await Eventually.HoldsAsync(
                async () => (await cluster.KubectlAsync("get", "pod", "traveller")).Error.Contains("not found"), "the probe is gone");
            lock (revisions)
            {
                revisions.Clear();
            }
        }
    }

    private static string? Verb(JsonNode entry) => (string?)entry["verb"];

    private static string Target(JsonNode entry) => $"{entry["objectRef"]?["resource"]}/{entry["objectRef"]?["name"]}";

    private static string? Sub(JsonNode entry) => (string?)entry["objectRef"]?["subresource"];

    private async Task<JsonNode> AuditAsync(Func<JsonNode, bool> matches)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            () =>
            {
                using var log = new StreamReader(new FileStream(
                    Path.Combine(cluster.Home, "log/audit.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                while (log.ReadLine() is { } line)
                {
                    if (line.EndsWith('}') && JsonNode.Parse(line) is { } entry
                        && (string?)entry["stage"] == "ResponseComplete" && matches(entry))
                    {
                        found = entry;
                        return true;
                    }
                }

                return false;
            },
            "the audit line");
        return found!;
    }
}
