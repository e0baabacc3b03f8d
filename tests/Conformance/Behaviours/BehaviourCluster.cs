using System.Security.Cryptography.X509Certificates;
using Kube.Client.Config;
using Kube.Conformance.Tests.Api;
using Kube.Controllers.Framework;
using Kube.Controllers.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>
/// One API server over one store for all behaviours, and an administrator's session with it. Of the controllers those run
/// without which a claim or a volume would never go.
/// </summary>
public sealed class BehaviourCluster : IAsyncLifetime
{
    private int _namespaces;
    private ControllersHost _protection = null!;

    public ApiServerFixture Server { get; } = new();

    /// <summary>A member of system:masters.</summary>
    public ApiSession Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Server.InitializeAsync();
        Admin = SessionOf("admin");
        _protection = await StartControllersAsync("persistentvolumeclaim-protection-controller", "persistentvolume-protection-controller");
    }

    public async Task DisposeAsync()
    {
        await _protection.DisposeAsync();
        Admin.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Controllers in this process, with the rights of the controllers and no others.</summary>
    public Task<ControllersHost> StartControllersAsync(params string[] names) => ControllersHost.StartAsync(
        new ControllersHostOptions
        {
            Client = KubeConfig.Load(Server.KubeconfigOfComponent("kube-controller-manager")).ToOptions(),
            Controllers = new ControllersOptions { Controllers = names },
        },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        default);

    /// <summary>A session with a client's certificate; null for one without credentials.</summary>
    public ApiSession SessionOf(string? client, int? port = null) => new(
        new Uri($"https://127.0.0.1:{port ?? Server.Port}/"),
        File(Server.Directory, "ca.crt"),
        client is null ? null : X509Certificate2.CreateFromPemFile(File(Server.Directory, client + ".crt"), File(Server.Directory, client + ".key")));

    /// <summary>A new namespace with the account that every pod needs, which no controller makes here.</summary>
    public async Task<string> NamespaceAsync(string prefix)
    {
        var name = $"{prefix}-{Interlocked.Increment(ref _namespaces)}";
        await Admin.CreateAsync("api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        await Admin.CreateAsync($"api/v1/namespaces/{name}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        return name;
    }

    /// <summary>
    /// Reads a list, which waits until the server's cache has every write before it: from then on admission and
    /// authorisation, which look at caches, know of them.
    /// </summary>
    public async Task SettleAsync(string path) => await Admin.ReadAsync(path);

    private static string File(string directory, string name) => Path.Combine(directory, name);
}

/// <summary>The behaviours share the server, so they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BehaviourGroup : ICollectionFixture<BehaviourCluster>
{
    public const string Name = "Behaviours";
}
