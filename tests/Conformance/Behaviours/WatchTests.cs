using System.Globalization;
using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What a watch delivers, and in which order.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class WatchTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("watch", "Restart from last version")]
    public async Task A_closed_watch_goes_on_where_it_was()
    {
        var path = await ConfigMapsAsync();
        var created = await Api.CreateAsync(path, ConfigMap("m", "a"));
        string last;
        using (var first = await Api.WatchAsync($"{path}?labelSelector=w=a&resourceVersion={created.Text("metadata.resourceVersion")}"))
        {
            await SetAsync(path, "m", "1");
            var (type, seen) = await first.NextAsync();
            Assert.Equal("MODIFIED", type);
            last = seen.Text("metadata.resourceVersion");
            await SetAsync(path, "m", "2");
        }

        await Api.DeleteAsync($"{path}/m");
        using var second = await Api.WatchAsync($"{path}?labelSelector=w=a&resourceVersion={last}");
        var (modified, two) = await second.NextAsync();
        Assert.Equal(("MODIFIED", "2"), (modified, two.Text("data.mutation")));
        Assert.Equal("DELETED m", await second.NextNameAsync());
    }

    [Fact]
    [Behaviour("watch", "Start from given version")]
    public async Task A_watch_of_the_past_delivers_only_what_came_after()
    {
        var path = await ConfigMapsAsync();
        await Api.CreateAsync(path, ConfigMap("m", "a"));
        var one = await SetAsync(path, "m", "1");
        await SetAsync(path, "m", "2");
        await Api.DeleteAsync($"{path}/m");
        using var watch = await Api.WatchAsync($"{path}?labelSelector=w=a&resourceVersion={one}");
        var (type, obj) = await watch.NextAsync();
        Assert.Equal(("MODIFIED", "2"), (type, obj.Text("data.mutation")));
        Assert.Equal("DELETED m", await watch.NextNameAsync());
    }

    [Fact]
    [Behaviour("watch", "Multiple watchers")]
    public async Task Each_watcher_sees_what_its_selector_takes()
    {
        var path = await ConfigMapsAsync();
        using var a = await Api.WatchAsync($"{path}?labelSelector=w=a");
        using var b = await Api.WatchAsync($"{path}?labelSelector=w=b");
        using var both = await Api.WatchAsync($"{path}?labelSelector=w in (a,b)");
        await Api.CreateAsync(path, ConfigMap("of-a", "a"));
        await SetAsync(path, "of-a", "1");
        await Api.DeleteAsync($"{path}/of-a");
        await Api.CreateAsync(path, ConfigMap("of-b", "b"));
        await Api.DeleteAsync($"{path}/of-b");
        Assert.Equal(["ADDED of-a", "MODIFIED of-a", "DELETED of-a"], await a.NextNamesAsync(3));
        Assert.Equal(["ADDED of-b", "DELETED of-b"], await b.NextNamesAsync(2));
        Assert.Equal(["ADDED of-a", "MODIFIED of-a", "DELETED of-a", "ADDED of-b", "DELETED of-b"], await both.NextNamesAsync(5));
    }

    [Fact]
    [Behaviour("watch", "Label changed")]
    public async Task Leaving_the_selection_is_a_delete_and_coming_back_an_add()
    {
        var path = await ConfigMapsAsync();
        using var watch = await Api.WatchAsync($"{path}?labelSelector=w=a");
        await Api.CreateAsync(path, ConfigMap("m", "a"));
        await SetAsync(path, "m", "1");
        await LabelAsync(path, "m", "other");
        await SetAsync(path, "m", "2");
        await LabelAsync(path, "m", "a");
        await SetAsync(path, "m", "3");
        await Api.DeleteAsync($"{path}/m");
        Assert.Equal(["ADDED m", "MODIFIED m", "DELETED m"], await watch.NextNamesAsync(3));
        var (added, back) = await watch.NextAsync();
        Assert.Equal(("ADDED", "2"), (added, back.Text("data.mutation")));
        Assert.Equal(["MODIFIED m", "DELETED m"], await watch.NextNamesAsync(2));
    }

    [Fact]
    [Behaviour("watch", "Consistent order")]
    public async Task All_watches_see_one_order()
    {
        const int watches = 20;
        var path = await ConfigMapsAsync();
        var versions = new List<string>();
        var order = new List<long>();
        for (var i = 0; i < watches; i++)
        {
            var created = await Api.CreateAsync(path, ConfigMap($"m{i}", "a"));
            versions.Add(created.Text("metadata.resourceVersion"));
        }

        var open = await Task.WhenAll(versions.Select(v => Api.WatchAsync($"{path}?resourceVersion={v}")));
        await Task.WhenAll(Enumerable.Range(0, watches).Select(async i =>
        {
            await SetAsync(path, $"m{i}", "1");
            await Api.DeleteAsync($"{path}/m{i}");
        }));
        for (var i = 0; i < watches; i++)
        {
            using var watch = open[i];
            var seen = new List<long>();
            for (var n = 0; n < (watches - 1 - i) + (2 * watches); n++)
            {
                seen.Add(long.Parse((await watch.NextAsync()).Object.Text("metadata.resourceVersion"), CultureInfo.InvariantCulture));
            }

            Assert.Equal(seen.Order(), seen);
            order = i == 0 ? seen : order;
            Assert.Equal(order[i..], seen);
        }
    }

    [Fact]
    public async Task A_watch_whose_time_is_over_while_its_client_is_slow_ends_without_an_error()
    {
        var path = await ConfigMapsAsync();
        var data = new string('x', 900_000);
        foreach (var name in new[] { "one", "two", "three" })
        {
            await Api.CreateAsync(path, $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"w":"a"}},"data":{"x":"{{{{data}}}}"}}""");
        }

        // More is sent than windows and buffers hold. When the other watch has ended, this one's time is over.
        using var slow = await Api.OpenAsync($"{path}?labelSelector=w=a&watch=true&timeoutSeconds=1", "application/json");
        using (var other = await Api.OpenAsync($"{path}?labelSelector=w=none&watch=true&timeoutSeconds=2", "application/json"))
        {
            Assert.Equal("", await other.Content.ReadAsStringAsync());
        }

        var events = (await slow.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(events);
        Assert.All(events, change => Assert.Equal(data, JsonNode.Parse(change)!.AsObject().Text("object.data.x")));
    }

    private async Task<string> ConfigMapsAsync() => $"api/v1/namespaces/{await cluster.NamespaceAsync("watch")}/configmaps";

    private async Task<string> SetAsync(string path, string name, string mutation) =>
        (await Api.PatchAsync($"{path}/{name}", $$$"""{"data":{"mutation":"{{{mutation}}}"}}""")).Is(200).Text("metadata.resourceVersion");

    private async Task LabelAsync(string path, string name, string label) =>
        (await Api.PatchAsync($"{path}/{name}", $$$$"""{"metadata":{"labels":{"w":"{{{{label}}}}"}}}""")).Is(200);

    private static string ConfigMap(string name, string label) => $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"w":"{{{{label}}}}"}}}""";
}
