using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Schema;
using Kube.Client.Informers;
using Kube.Client.Rest;
using Kube.Client.Tests.Fakes;
using Kube.Testing;

namespace Kube.Client.Tests;

public sealed class InformerTests
{
    private static readonly KindInfo _configMaps = KindCatalog.Default.FindResource("", "v1", "configmaps")!;

    [Fact]
    public async Task Store_equals_the_server_after_any_changes_and_faults()
    {
        await using var server = await FakeApiServer.StartAsync();
        var run = 0;
        var property = Prop.ForAll(
            Gen.Choose(0, 99).ListOf().ToArbitrary(),
            Gen.Choose(0, 1000).ToArbitrary(),
            (codes, seed) =>
            {
                RunAsync(server, codes, seed, "ns" + ++run).WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
                return true;
            });
        property.Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(60));
    }

    [Theory]
    [InlineData(WatchFault.End)]
    [InlineData(WatchFault.Abort)]
    [InlineData(WatchFault.AbortMidLine)]
    [InlineData(WatchFault.EndMidLine)]
    [InlineData(WatchFault.Malformed)]
    public async Task A_watch_that_breaks_is_resumed_without_a_new_list(WatchFault fault)
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync();
        var faults = new Queue<(int, WatchFault)>([(1, fault)]);
        server.NextFault = () => faults.TryDequeue(out var next) ? next : (0, WatchFault.None);
        using var client = server.Client(time);
        await using var informer = new SharedInformer<ConfigMap>(client.For<ConfigMap>());
        informer.Start();
        await informer.WaitForSyncAsync().WaitAsync(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 3; i++)
        {
            server.Store.Create(_configMaps, "ns", Map("m" + i, 0));
        }

        await time.AdvanceUntilAsync(() => informer.Store.Count == 3, TimeSpan.FromSeconds(1), "three objects");
        Assert.Single(server.Requests, request => !request.Contains("watch=true", StringComparison.Ordinal));
        Assert.True(server.Requests.Count(request => request.Contains("watch=true", StringComparison.Ordinal)) >= 2);
    }

    [Fact]
    public async Task A_version_that_is_gone_leads_to_a_new_list_and_missed_deletions_are_told()
    {
        var time = new ManualTimeProvider();
        await using var server = await FakeApiServer.StartAsync();
        server.Store.Create(_configMaps, "ns", Map("stays", 0));
        server.Store.Create(_configMaps, "ns", Map("goes", 0));
        var allowWatch = false;
        server.Intercept = async context =>
        {
            if (allowWatch || context.Request.Query["watch"] != "true")
            {
                return false;
            }

            context.Response.StatusCode = 503;
            await context.Response.CompleteAsync();
            return true;
        };
        using var client = server.Client(time);
        await using var informer = new SharedInformer<ConfigMap>(client.For<ConfigMap>());
        var told = new List<string>();
        informer.AddHandler(
            value => Tell("+" + value.Metadata.Name),
            (_, value) => Tell("~" + value.Metadata.Name),
            (value, unknown) => Tell((unknown ? "?" : "-") + value.Metadata.Name));
        informer.Start();
        await informer.WaitForSyncAsync().WaitAsync(TimeSpan.FromSeconds(30));
        server.Store.Delete(_configMaps, "ns", "goes", null);
        server.Store.Compact();
        allowWatch = true;
        await time.AdvanceUntilAsync(() => Told().Count == 3, TimeSpan.FromSeconds(5), "the deletion");
        Assert.Equal(["+goes", "+stays", "?goes"], Told());

        void Tell(string what)
        {
            lock (told)
            {
                told.Add(what);
            }
        }

        List<string> Told()
        {
            lock (told)
            {
                return [.. told];
            }
        }
    }

    [Fact]
    public async Task Recreated_objects_are_deleted_then_added_and_indexes_follow()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        await using var informer = new SharedInformer<ConfigMap>(client.For<ConfigMap>());
        informer.AddIndexer("n", value => [value.Data?["n"] ?? "none"]);
        informer.Start();
        await informer.WaitForSyncAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var first = server.Store.Create(_configMaps, "ns", Map("m", 1));
        await Eventually.HoldsAsync(() => informer.Store.ByIndex("n", "1").Count == 1, "first value in the index");
        first["data"] = new JsonObject { ["n"] = "2" };
        server.Store.Replace(_configMaps, "ns", "m", null, first);
        await Eventually.HoldsAsync(() => informer.Store.ByIndex("n", "2").Count == 1, "second value in the index");
        Assert.Empty(informer.Store.ByIndex("n", "1"));
        Assert.Equal("m", Assert.Single(informer.Store.ByIndex(Indexers.ByNamespace, "ns")).Metadata.Name);
        Assert.Throws<ArgumentException>(() => informer.Store.ByIndex("other", "1"));
    }

    [Fact]
    public async Task A_late_handler_is_told_what_is_there_and_a_failing_one_stops_nobody()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Store.Create(_configMaps, "ns", Map("a", 0));
        using var client = server.Client();
        await using var informer = new SharedInformer<ConfigMap>(client.For<ConfigMap>());
        informer.AddHandler(_ => throw new InvalidOperationException("a faulty handler"));
        informer.Start();
        await informer.WaitForSyncAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var seen = new List<string>();
        var registration = informer.AddHandler(value => seen.Add(value.Metadata.Name!));
        Assert.Equal(["a"], seen);
        server.Store.Create(_configMaps, "ns", Map("b", 0));
        await Eventually.HoldsAsync(() => informer.Store.Count == 2, "b");
        registration.Dispose();
        Assert.Equal(["a", "b"], seen);
        server.Store.Create(_configMaps, "ns", Map("c", 0));
        await Eventually.HoldsAsync(() => informer.Store.Count == 3, "c");
        Assert.Equal(["a", "b"], seen);
    }

    private static JsonObject Map(string name, int n) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject { ["n"] = n.ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };

    private static async Task RunAsync(FakeApiServer server, IList<int> codes, int seed, string ns)
    {
        var random = new Kube.Base.Prng((ulong)seed);
        var time = new ManualTimeProvider();
        server.NextFault = () =>
        {
            lock (random)
            {
                return (random.Next(4), (WatchFault)random.Next(8 + 7) is var fault && fault <= WatchFault.Gone ? fault : WatchFault.None);
            }
        };
        using var client = server.Client(time);
        await using var informer = new SharedInformer<ConfigMap>(client.For<ConfigMap>(), new SharedInformerOptions<ConfigMap> { Namespace = ns, Seed = 1 });
        var mirror = new Mirror();
        informer.AddHandler(mirror);
        informer.Start();
        await time.AdvanceUntilAsync(() => informer.HasSynced, TimeSpan.FromSeconds(1), "sync");
        foreach (var code in codes)
        {
            Change(server.Store, ns, code);
            if (code % 7 == 0)
            {
                await Task.Yield();
                time.Advance(TimeSpan.FromSeconds(2));
            }
        }

        server.NextFault = static () => (0, WatchFault.None);
        await time.AdvanceUntilAsync(() => Versions(informer.Store.List()).SequenceEqual(ServerVersions(server.Store, ns)), TimeSpan.FromSeconds(5), "the server's state");

        // Handlers are told after the store has changed.
        await time.AdvanceUntilAsync(() => mirror.Versions().SequenceEqual(Versions(informer.Store.List())), TimeSpan.FromSeconds(5), "the handler to have been told");
        Assert.Empty(mirror.Faults);
    }

    private static void Change(FakeStore store, string ns, int code)
    {
        var name = "m" + (code % 5);
        try
        {
            switch (code / 10)
            {
                case < 4:
                    store.Create(_configMaps, ns, Map(name, code));
                    break;
                case < 7:
                    var value = store.Get(_configMaps, ns, name);
                    value["data"] = new JsonObject { ["n"] = code.ToString(System.Globalization.CultureInfo.InvariantCulture), ["v"] = store.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) };
                    store.Replace(_configMaps, ns, name, null, value);
                    break;
                case < 9:
                    store.Delete(_configMaps, ns, name, null);
                    break;
                default:
                    store.Compact();
                    break;
            }
        }
        catch (FakeRefusal)
        {
            // Not there, or there already: no change.
        }
    }

    private static IEnumerable<string> Versions(IEnumerable<ConfigMap> values) =>
        values.Select(static value => value.Metadata.Name + "@" + value.Metadata.ResourceVersion).Order(StringComparer.Ordinal);

    private static IEnumerable<string> ServerVersions(FakeStore store, string ns) =>
        store.List(_configMaps, ns).Items.Select(static item => item["metadata"]!["name"]!.GetValue<string>() + "@" + item["metadata"]!["resourceVersion"]!.GetValue<string>()).Order(StringComparer.Ordinal);

    /// <summary>What a handler believes from the calls alone, and the calls that made no sense.</summary>
    private sealed class Mirror : IInformerHandler<ConfigMap>
    {
        private readonly Dictionary<string, ConfigMap> _known = [];

        public List<string> Faults { get; } = [];

        public IEnumerable<string> Versions() => InformerTests.Versions(_known.Values);

        public void Added(ConfigMap value, bool isInitial)
        {
            if (!_known.TryAdd(value.Metadata.Name!, value))
            {
                Faults.Add("added twice: " + value.Metadata.Name);
            }
        }

        public void Updated(ConfigMap old, ConfigMap value)
        {
            if (!_known.TryGetValue(value.Metadata.Name!, out var known) || known.Metadata.ResourceVersion != old.Metadata.ResourceVersion || old.Metadata.Uid != value.Metadata.Uid)
            {
                Faults.Add("updated from another state: " + value.Metadata.Name);
            }

            _known[value.Metadata.Name!] = value;
        }

        public void Deleted(ConfigMap value, bool finalStateUnknown)
        {
            if (!_known.Remove(value.Metadata.Name!))
            {
                Faults.Add("deleted twice: " + value.Metadata.Name);
            }
        }
    }
}
