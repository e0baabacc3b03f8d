using Kube.Testing;
using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Several API servers over one store are one API.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class SeveralServersTests(BehaviourCluster cluster)
{
    [Fact]
    public async Task What_one_server_has_acknowledged_every_server_shows()
    {
        await using var second = await cluster.Server.StartAnotherAsync();
        using var there = cluster.SessionOf("admin", second.Port);
        await Eventually.HoldsAsync(async () => (int)(await there.GetAsync("readyz")).Code == 200, "the second server is ready");
        var ns = await cluster.NamespaceAsync("two-servers");
        var path = $"api/v1/namespaces/{ns}/configmaps";
        var since = (await there.ReadAsync(path)).Text("metadata.resourceVersion");
        using var watch = await there.WatchAsync($"{path}?resourceVersion={since}");
        for (var i = 0; i < 20; i++)
        {
            // Written at one, read at the other at once.
            var made = await cluster.Admin.CreateAsync(path, $$$"""{"metadata":{"name":"c{{{i}}}"}}""");
            var read = await there.ReadAsync($"{path}/c{i}");
            Assert.Equal(made.Text("metadata.resourceVersion"), read.Text("metadata.resourceVersion"));
            Assert.Equal(i + 1, (await there.ReadAsync(path)).Items().Count);
            Assert.Equal($"ADDED c{i}", await watch.NextNameAsync());
        }
    }

    /// <summary>Servers that share a process, as embedded ones do, each say what they do themselves.</summary>
    [Fact]
    public async Task Each_server_counts_its_own_watches()
    {
        await using var second = await cluster.Server.StartAnotherAsync();
        using var there = cluster.SessionOf("admin", second.Port);
        await Eventually.HoldsAsync(async () => (int)(await there.GetAsync("readyz")).Code == 200, "the second server is ready");
        var ns = await cluster.NamespaceAsync("counted");
        var path = $"apis/node.k8s.io/v1/runtimeclasses?labelSelector=suite={ns}";
        using var watch = await there.WatchAsync(path);
        Assert.Contains(await WatchesAsync(there), line => line.EndsWith(" 1", StringComparison.Ordinal));
        Assert.DoesNotContain(await WatchesAsync(cluster.Admin), line => !line.EndsWith(" 0", StringComparison.Ordinal));

        static async Task<IEnumerable<string>> WatchesAsync(ApiSession session) => (await session.GetAsync("metrics")).Text.Split('\n').Where(line =>
            line.StartsWith("apiserver_longrunning_requests{", StringComparison.Ordinal) && line.Contains("resource=\"runtimeclasses\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Writers_at_different_servers_get_in_each_others_way_as_at_one()
    {
        await using var second = await cluster.Server.StartAnotherAsync();
        using var there = cluster.SessionOf("admin", second.Port);
        await Eventually.HoldsAsync(async () => (int)(await there.GetAsync("readyz")).Code == 200, "the second server is ready");
        var ns = await cluster.NamespaceAsync("two-writers");
        var path = $"api/v1/namespaces/{ns}/configmaps";
        var made = await cluster.Admin.CreateAsync(path, """{"metadata":{"name":"c"},"data":{"n":"0"}}""");
        ApiSession[] sessions = [cluster.Admin, there];

        // Of two updates of one version one wins, whichever servers they go to.
        var updates = await Task.WhenAll(sessions.Select((session, i) => session.PutAsync($"{path}/c", ((JsonObject)made.DeepClone()).With("data.n", $"{i + 1}"))));
        Assert.Equal([200, 409], updates.Select(answer => (int)answer.Code).Order());

        // Patches of different fields all arrive, each once.
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => sessions[i % 2].PatchAsync($"{path}/c", $$$"""{"data":{"k{{{i}}}":"v"}}""")));
        Assert.Equal(31, (await there.ReadAsync($"{path}/c"))["data"]!.AsObject().Count);

        // Addresses and ports of services are given out once.
        var services = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => sessions[i % 2].CreateAsync(
            $"api/v1/namespaces/{ns}/services", $$$"""{"metadata":{"name":"s{{{i}}}"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""")));
        Assert.Equal(20, services.Select(service => service.Text("spec.clusterIP")).Distinct().Count());
        Assert.Equal(20, services.Select(service => service.Text("spec.ports.0.nodePort")).Distinct().Count());
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_watches_in_order_and_they_go_on_at_another()
    {
        var second = await cluster.Server.StartAnotherAsync();
        using var there = cluster.SessionOf("admin", second.Port);
        await Eventually.HoldsAsync(async () => (int)(await there.GetAsync("readyz")).Code == 200, "the second server is ready");
        var ns = await cluster.NamespaceAsync("stopping");
        var path = $"api/v1/namespaces/{ns}/configmaps";
        var since = (await there.ReadAsync(path)).Text("metadata.resourceVersion");
        using var watch = await there.WatchAsync($"{path}?resourceVersion={since}");
        var first = await cluster.Admin.CreateAsync(path, """{"metadata":{"name":"before"}}""");
        Assert.Equal("ADDED before", await watch.NextNameAsync());

        // Requests under way are answered, the watch ends as one whose time is over, and the server is gone soon.
        var requests = Enumerable.Range(0, 50).Select(_ => there.GetAsync(path)).ToList();
        var stopped = second.DisposeAsync().AsTask();
        await watch.EndsAsync();
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
        foreach (var request in requests)
        {
            try
            {
                (await request).Is(200);
            }
            catch (HttpRequestException)
            {
                // It came after the server had said that it takes no more (GOAWAY): a client sends it to another.
            }
        }

        await cluster.Admin.CreateAsync(path, """{"metadata":{"name":"after"}}""");
        using var resumed = await cluster.Admin.WatchAsync($"{path}?resourceVersion={first.Text("metadata.resourceVersion")}");
        Assert.Equal("ADDED after", await resumed.NextNameAsync());
    }
}
