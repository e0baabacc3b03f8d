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

namespace Kube.ApiServer.Tests.Fakes;

/// <summary>An API server with all its admission over a store in memory, without sockets; several may share a store.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
    private readonly ApiServerCore _core;

    private TestServer(ApiServerCore core) => _core = core;

    private CancellationToken Ct => _bound.Token;

    public static async Task<TestServer> StartAsync(IObjectStorage? storage = null, ulong seed = 1)
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
            storage ?? new InMemoryObjectStorage(TimeProvider.System),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        core.Start();
        await Eventually.HoldsAsync(() => core.CachesReady, "the caches are filled");
        return new TestServer(core);
    }

    /// <summary>The store of a core resource, or of another group's: "storageclasses.storage.k8s.io".</summary>
    public ResourceStore Store(string resource)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? _core.Registry.Get("", "v1", resource) : _core.Registry.Get(resource[(dot + 1)..], "v1", resource[..dot]);
    }

    /// <summary>Creates an object and waits until the caches, which admission looks at, have it.</summary>
    public async Task<JsonObject> CreateAsync(string resource, string ns, string json, IList<string>? warnings = null, bool dryRun = false)
    {
        var store = Store(resource);
        var info = store.Definition.Info;
        var obj = JsonNode.Parse(json)!.AsObject();
        obj["apiVersion"] = info.ApiVersion;
        obj["kind"] = info.Kind;
        var context = new WriteContext { User = UserInfo.ApiServer, Warnings = warnings ?? [], DryRun = dryRun };
        var created = (await store.CreateAsync(context, ns, obj, Ct)).Object;
        if (!dryRun)
        {
            var name = created["metadata"]!["name"]!.GetValue<string>();
            await Eventually.HoldsAsync(() => store.FindCached(ns, name) is not null, $"{resource} {name} is cached");
        }

        return created;
    }

    /// <summary>Why an object is refused; null when it is created.</summary>
    public async Task<string?> RefusalAsync(string resource, string ns, string json, IList<string>? warnings = null, bool dryRun = false)
    {
        try
        {
            await CreateAsync(resource, ns, json, warnings, dryRun);
            return null;
        }
        catch (KubeStatusException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>Changes an object, through a subresource or as itself.</summary>
    public async Task<JsonObject> UpdateAsync(string resource, string ns, string name, Action<JsonObject> change, string subresource = "", IList<string>? warnings = null)
    {
        var context = new WriteContext { User = UserInfo.ApiServer, Subresource = subresource, Warnings = warnings ?? [] };
        var result = await Store(resource).UpdateAsync(context, ns, name, current =>
        {
            change(current);
            return ValueTask.FromResult(current);
        }, null, Ct);
        var version = result.Object["metadata"]!["resourceVersion"]!.GetValue<string>();
        await Eventually.HoldsAsync(
            () => Store(resource).FindCached(ns, name)?["metadata"]?["resourceVersion"]?.GetValue<string>() is { } seen && long.Parse(seen, System.Globalization.CultureInfo.InvariantCulture) >= long.Parse(version, System.Globalization.CultureInfo.InvariantCulture),
            $"{resource} {name} is cached");
        return result.Object;
    }

    public Task<JsonObject?> FindAsync(string resource, string ns, string name) => Store(resource).FindAsync(ns, name, Ct);

    /// <summary>Makes a namespace with the account that every pod needs.</summary>
    public async Task NamespaceAsync(string name, string labels = "{}")
    {
        await CreateAsync("namespaces", "", $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}} }}""");
        await CreateAsync("serviceaccounts", name, """{"metadata":{"name":"default"}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _core.DisposeAsync();
        _bound.Dispose();
    }
}
