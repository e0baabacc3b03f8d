using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Schema;
using Kube.Client.Rest;
using Kube.Client.Tests.Fakes;
using Kube.Testing;
using Microsoft.AspNetCore.Http;

namespace Kube.Client.Tests;

public sealed class RestTests
{
    [Theory]
    [InlineData("ns", "a b", null, "/api/v1/namespaces/ns/pods/a%20b")]
    [InlineData("ns", "p", "status", "/api/v1/namespaces/ns/pods/p/status")]
    [InlineData(null, null, null, "/api/v1/pods")]
    public void Paths_of_a_core_resource(string? ns, string? name, string? subresource, string path) =>
        Assert.Equal(path, ResourceKind.Of<Pod>().Path(ns, name, subresource));

    [Fact]
    public void Paths_of_a_cluster_wide_resource_leave_the_namespace_out()
    {
        Assert.Equal("/api/v1/nodes/n", ResourceKind.Of<Node>().Path("ns", "n"));
        Assert.Equal("/apis/apps/v1/namespaces/ns/deployments", ResourceKind.Of<Kube.Api.Apps.V1.Deployment>().Path("ns"));
    }

    [Fact]
    public async Task An_object_goes_through_all_its_verbs()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        var maps = client.For<ConfigMap>();
        var created = await maps.CreateAsync(new ConfigMap { Metadata = { Name = "m", Namespace = "ns" }, Data = new() { ["a"] = "1" } });
        Assert.NotNull(created.Metadata.Uid);
        Assert.Equal("1", (await maps.GetAsync("ns", "m")).Data!["a"]);

        created.Data!["a"] = "2";
        var updated = await maps.UpdateAsync(created);
        var conflict = await Assert.ThrowsAsync<KubeApiException>(() => maps.UpdateAsync(Changed(created)));
        Assert.True(conflict.IsConflict);
        Assert.False(conflict.IsAlreadyExists);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => maps.CreateAsync(updated))).IsAlreadyExists);

        Assert.Equal("3", (await maps.PatchAsync("ns", "m", Patch.Merge(new JsonObject { ["data"] = new JsonObject { ["b"] = "3" } }))).Data!["b"]);
        Assert.Equal("4", (await maps.PatchAsync("ns", "m", Patch.Json([new JsonObject { ["op"] = "add", ["path"] = "/data/c", ["value"] = "4" }]))).Data!["c"]);
        await Assert.ThrowsAsync<KubeApiException>(() => maps.DeleteAsync("ns", "m", new DeleteRequest { PreconditionUid = "other" }));
        await maps.DeleteAsync("ns", "m", new DeleteRequest { PreconditionUid = created.Metadata.Uid });
        Assert.Null(await maps.FindAsync("ns", "m"));
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => maps.GetAsync("ns", "m"))).IsNotFound);

        static ConfigMap Changed(ConfigMap map)
        {
            map.Data!["a"] = "9";
            return map;
        }
    }

    [Fact]
    public async Task A_client_that_acts_as_another_says_so_over_the_same_connections()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        var seen = new List<string>();
        server.Intercept = context =>
        {
            seen.Add($"{context.Request.Headers["Impersonate-User"]} {context.Request.Headers["Impersonate-Group"]}");
            return Task.FromResult(false);
        };

        using (var node = client.As("system:node:n", "system:nodes"))
        {
            await node.For<ConfigMap>().ListAsync("ns", new ListQuery());
        }

        await client.For<ConfigMap>().ListAsync("ns", new ListQuery());
        Assert.Equal(["system:node:n system:nodes", " "], seen);
    }

    [Fact]
    public async Task A_list_comes_page_by_page()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        for (var i = 0; i < 7; i++)
        {
            await client.For<ConfigMap>().CreateAsync(new ConfigMap { Metadata = { Name = "m" + i, Namespace = "ns" } });
        }

        var names = new List<string>();
        await foreach (var map in client.For<ConfigMap>().ListAllAsync("ns", new ListQuery { Limit = 3 }))
        {
            names.Add(map.Metadata.Name!);
        }

        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5", "m6"], names);
        Assert.Equal(3, server.Requests.Count(static request => request.Contains("limit=3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Metadata_of_whole_objects_is_read_without_the_rest()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        await client.For<ConfigMap>().CreateAsync(new ConfigMap { Metadata = { Name = "m", Namespace = "ns", Labels = new() { ["l"] = "1" } }, Data = new() { ["metadata"] = "x" } });
        var item = Assert.Single((await client.Metadata(ResourceKind.Of<ConfigMap>()).ListAsync(null)).Items);
        Assert.Equal(("ConfigMap", "v1", "m", "1"), (item.Kind, item.ApiVersion, item.Metadata.Name, item.Metadata.Labels!["l"]));
    }

    [Fact]
    public async Task Retries_when_the_server_says_after_how_long()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync();
        var refusals = 2;
        server.Intercept = context =>
        {
            if (refusals-- <= 0)
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7";
            return Task.FromResult(true);
        };
        using var client = server.Client(time);
        var listing = client.For<ConfigMap>().ListAsync("ns");
        await time.AdvanceUntilAsync(() => listing.IsCompleted, TimeSpan.FromSeconds(1), "the list");
        await listing;
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Gives_up_on_429_without_retry_after_and_reads_text_as_the_message()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Intercept = async context =>
        {
            context.Response.StatusCode = 429;
            await context.Response.WriteAsync("slow down");
            return true;
        };
        using var client = server.Client();
        var refused = await Assert.ThrowsAsync<KubeApiException>(() => client.For<ConfigMap>().GetAsync("ns", "m"));
        Assert.Equal((429, "TooManyRequests", "slow down"), (refused.Code, refused.Reason, refused.Message));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_timeout()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync();
        var release = new TaskCompletionSource();
        server.Intercept = async context =>
        {
            await release.Task;
            return true;
        };
        using var client = server.Client(time);
        var getting = client.For<ConfigMap>().GetAsync("ns", "m");
        await time.AdvanceUntilAsync(() => getting.IsCompleted, TimeSpan.FromSeconds(5), "the timeout");
        await Assert.ThrowsAsync<TimeoutException>(() => getting);
        release.SetResult();
    }

    [Fact]
    public async Task An_answer_that_is_no_json_is_told_as_such()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Intercept = async context =>
        {
            await context.Response.WriteAsync("{\"metadata\":");
            return true;
        };
        using var client = server.Client();
        await Assert.ThrowsAsync<InvalidDataException>(() => client.For<ConfigMap>().GetAsync("ns", "m"));
        await Assert.ThrowsAsync<InvalidDataException>(() => client.For<ConfigMap>().ListAsync("ns"));
    }

    [Fact]
    public async Task Limits_its_own_rate_when_asked_to()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync();
        using var client = new KubeClient(new KubeClientOptions { Server = server.Address, Qps = 1, Burst = 2 }, time);
        var requests = Enumerable.Range(0, 4).Select(_ => client.For<ConfigMap>().ListAsync("ns")).ToArray();
        await Eventually.HoldsAsync(() => requests.Count(static request => request.IsCompleted) == 2, "the burst");
        Assert.Equal(2, server.Requests.Count);
        time.Advance(TimeSpan.FromSeconds(1.1));
        await Eventually.HoldsAsync(() => requests.Count(static request => request.IsCompleted) == 3, "the third");
        time.Advance(TimeSpan.FromSeconds(1.1));
        await Task.WhenAll(requests).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Binding_and_discovery_use_their_own_paths()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        JsonNode? sent = null;
        server.Intercept = async context =>
        {
            if (context.Request.Method != "POST")
            {
                return false;
            }

            sent = await JsonNode.ParseAsync(context.Request.Body);
            context.Response.StatusCode = 201;
            return true;
        };
        await client.BindAsync("ns", "p", "uid-1", "node-1");
        Assert.Equal("POST /api/v1/namespaces/ns/pods/p/binding", server.Requests.Single());
        Assert.Equal("node-1", sent!["target"]!["name"]!.GetValue<string>());
        Assert.Equal("uid-1", sent["metadata"]!["uid"]!.GetValue<string>());

        var discovery = await client.DiscoverAsync();
        Assert.Empty(discovery.FailedGroups);
        Assert.Contains(discovery.Resources, static resource => resource.Kind == new ResourceKind("apps", "v1", "deployments", "Deployment", true));
    }

    [Fact]
    public async Task A_group_that_does_not_answer_is_named_and_the_rest_is_there()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Intercept = context =>
        {
            var isBroken = context.Request.Path == "/apis/apps/v1";
            context.Response.StatusCode = isBroken ? 503 : 200;
            return Task.FromResult(isBroken);
        };
        using var client = server.Client();
        var discovery = await client.DiscoverAsync();
        Assert.StartsWith("apps/v1", Assert.Single(discovery.FailedGroups), StringComparison.Ordinal);
        Assert.Contains(discovery.Resources, static resource => resource.Kind.Plural == "pods");
    }
}
