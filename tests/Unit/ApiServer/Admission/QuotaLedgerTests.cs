using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Services;
using Kube.ApiServer.Security;
using Kube.ApiServer.Storage;
using Kube.Base;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.ApiServer.Tests.Admission;

/// <summary>Two API servers over one store: whoever asks where, a quota is never exceeded.</summary>
public sealed class QuotaLedgerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
    private readonly InMemoryObjectStorage _storage = new(TimeProvider.System);
    private readonly ApiServerCore[] _servers;

    public QuotaLedgerTests()
    {
        _servers = [Core(1), Core(2)];
    }

    private CancellationToken Ct => _bound.Token;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _bound.Dispose();
    }

    [Fact]
    public async Task Creates_at_once_never_exceed_a_quota()
    {
        await SetUpAsync("""{"configmaps":"17","count/configmaps":"30"}""");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => TryCreateAsync(_servers[i % 2], $"c{i}"), Ct)));

        Assert.Equal(17, outcomes.Count(refusal => refusal is null));
        Assert.All(outcomes.OfType<string>(), refusal => Assert.Contains(
            "is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=17, limited: configmaps=17", refusal, StringComparison.Ordinal));
        var stored = await _storage.ListAsync(new StorageListRequest("/registry/configmaps/"), Ct);
        Assert.Equal(17, stored.Objects.Count);
        Assert.Equal("17", (await QuotaAsync())["status"]!["used"]!["count/configmaps"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_dry_run_is_checked_and_not_charged()
    {
        await SetUpAsync("""{"configmaps":"1"}""");
        Assert.Null(await TryCreateAsync(_servers[0], "a", dryRun: true));
        Assert.Equal("0", (await QuotaAsync())["status"]!["used"]!["configmaps"]!.GetValue<string>());
        Assert.Null(await TryCreateAsync(_servers[1], "b"));

        // A dry run writes nothing that would tell it that its cache is behind.
        await Eventually.HoldsAsync(async () => await TryCreateAsync(_servers[1], "c", dryRun: true) is not null, "the charge is seen");
    }

    private async Task SetUpAsync(string hard)
    {
        foreach (var server in _servers)
        {
            await Eventually.HoldsAsync(() => Task.FromResult(server.CachesReady), "the caches are filled");
        }

        await Store(_servers[0], "namespaces").CreateAsync(Context(), "", Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ns"}}"""), Ct);
        var quotas = Store(_servers[0], "resourcequotas");
        await quotas.CreateAsync(Context(), "ns", Parse($$$$"""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":{{{{hard}}}}}}"""), Ct);
        var bounds = Parse(hard);
        await quotas.UpdateAsync(Context() with { Subresource = "status" }, "ns", "q", quota =>
        {
            quota["status"] = new JsonObject
            {
                ["hard"] = bounds.DeepClone(),
                ["used"] = new JsonObject(bounds.Select(bound => KeyValuePair.Create<string, JsonNode?>(bound.Key, "0"))),
            };
            return ValueTask.FromResult(quota);
        }, null, Ct);
        foreach (var server in _servers)
        {
            await Eventually.HoldsAsync(
                () => Task.FromResult(Store(server, "resourcequotas").FindCached("ns", "q")?["status"]?["hard"] is JsonObject { Count: > 0 }
                    && Store(server, "namespaces").FindCached("", "ns") is not null),
                "the quota is known");
        }
    }

    private async Task<string?> TryCreateAsync(ApiServerCore server, string name, bool dryRun = false)
    {
        try
        {
            var map = Parse($$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{{name}}}}"}}""");
            await Store(server, "configmaps").CreateAsync(Context() with { DryRun = dryRun }, "ns", map, Ct);
            return null;
        }
        catch (KubeStatusException refusal) when (refusal.Status.Code == 403)
        {
            return refusal.Message;
        }
    }

    private async Task<JsonObject> QuotaAsync() => (await Store(_servers[0], "resourcequotas").FindAsync("ns", "q", Ct))!;

    private ApiServerCore Core(ulong seed)
    {
        var security = new SecurityBuilder(
            new SecurityOptions { AuthorizationModes = ["AlwaysAllow"], Identifiers = new IdentifierSource(new Prng(seed)) }, TimeProvider.System);
        var core = new ApiServerCore(
            new ApiServerCoreOptions
            {
                ServiceRange = AddressRange.TryParse("10.96.0.0/16")!,
                AdvertisedAddress = "127.0.0.1:6443",
                Seed = seed,
                CreateSecurity = security.Build,
            },
            _storage,
            TimeProvider.System,
            NullLoggerFactory.Instance);
        core.Start();
        return core;
    }

    private static WriteContext Context() => new() { User = UserInfo.ApiServer };

    private static ResourceStore Store(ApiServerCore server, string plural) => server.Registry.Get("", "v1", plural);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
