using System.Text.Json.Nodes;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Tests.Fakes;
using Kube.Testing;

namespace Kube.ApiServer.Tests.Admission;

/// <summary>Two API servers over one store: whoever asks where, a quota is never exceeded.</summary>
public sealed class QuotaLedgerTests : IAsyncLifetime
{
    private readonly InMemoryObjectStorage _storage = new(TimeProvider.System);
    private TestServer[] _servers = [];

    public async Task InitializeAsync() => _servers = [await TestServer.StartAsync(_storage, 1), await TestServer.StartAsync(_storage, 2)];

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Creates_at_once_never_exceed_a_quota()
    {
        await SetUpAsync("""{"configmaps":"17","count/configmaps":"30"}""");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => TryCreateAsync(_servers[i % 2], $"c{i}"))));

        Assert.Equal(17, outcomes.Count(refusal => refusal is null));
        Assert.All(outcomes.OfType<string>(), refusal => Assert.Contains(
            "is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=17, limited: configmaps=17", refusal, StringComparison.Ordinal));
        var stored = await _storage.ListAsync(new StorageListRequest("/registry/configmaps/"), default);
        Assert.Equal(17, stored.Objects.Count);
        Assert.Equal("17", await UsedAsync("count/configmaps"));
    }

    [Fact]
    public async Task A_dry_run_is_checked_and_not_charged()
    {
        await SetUpAsync("""{"configmaps":"1"}""");
        Assert.Null(await TryCreateAsync(_servers[0], "a", dryRun: true));
        Assert.Equal("0", await UsedAsync("configmaps"));
        Assert.Null(await TryCreateAsync(_servers[1], "b"));

        // A dry run writes nothing that would tell it that its cache is behind.
        await Eventually.HoldsAsync(async () => await TryCreateAsync(_servers[1], "c", dryRun: true) is not null, "the charge is seen");
    }

    private static Task<string?> TryCreateAsync(TestServer server, string name, bool dryRun = false) =>
        server.RefusalAsync("configmaps", "ns", $$$"""{"metadata":{"name":"{{{name}}}"} }""", dryRun: dryRun);

    private async Task SetUpAsync(string hard)
    {
        await _servers[0].CreateAsync("namespaces", "", """{"metadata":{"name":"ns"}}""");
        await _servers[0].CreateAsync("resourcequotas", "ns", $$$"""{"metadata":{"name":"q"},"spec":{"hard":{{{hard}}} }}""");
        await _servers[0].UpdateAsync("resourcequotas", "ns", "q", quota => quota["status"] = new JsonObject
        {
            ["hard"] = JsonNode.Parse(hard),
            ["used"] = new JsonObject(JsonNode.Parse(hard)!.AsObject().Select(bound => KeyValuePair.Create<string, JsonNode?>(bound.Key, "0"))),
        }, "status");
        await Eventually.HoldsAsync(
            () => _servers[1].Store("resourcequotas").FindCached("ns", "q")?["status"]?["hard"] is JsonObject { Count: > 0 }
                && _servers[1].Store("namespaces").FindCached("", "ns") is not null,
            "the other server knows the quota");
    }

    private async Task<string> UsedAsync(string bound) => (await _servers[0].FindAsync("resourcequotas", "ns", "q"))!["status"]!["used"]![bound]!.GetValue<string>();
}
