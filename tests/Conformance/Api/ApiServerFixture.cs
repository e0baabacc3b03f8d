using System.Net;
using Kube.ApiServer.Host;
using Kube.Conformance.Tests.Store;
using Kube.Testing;

namespace Kube.Conformance.Tests.Api;

/// <summary>An API server in this process over a store in this process, on a port of its own, with an admin's kubeconfig.</summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("api-").FullName;
    private StoreMember? _store;
    private ApiServerHost? _host;
    private TestPki? _pki;

    /// <summary>kubeconfig of a member of system:masters.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>Where ca.crt and the certificates and keys of clients lie.</summary>
    public string Directory => _directory;

    public int Port { get; private set; }

    /// <summary>What the servers have logged.</summary>
    internal LogLines Log { get; } = new();

    /// <summary>A kubectl of the version that the server is of, or the one on PATH.</summary>
    public string Kubectl => Find("1.32");

    public async Task InitializeAsync()
    {
        _store = await StoreMember.StartAsync();
        _pki = new TestPki(_directory);
        _pki.IssueClient("admin", "kubernetes-admin", "system:masters");
        Port = RealEtcd.FreePort();
        _host = await StartHostAsync(Port);
        Kubeconfig = _pki.Kubeconfig("admin", Port);
        await Eventually.HoldsAsync(async () => (await KubectlAsync("1.32", ["get", "--raw", "/readyz"])).ExitCode == 0, "the API server is ready");
    }

    /// <summary>Issues a node's certificate, and answers a kubeconfig with it.</summary>
    public string KubeconfigOfNode(string node)
    {
        _pki!.IssueClient(node, "system:node:" + node, "system:nodes");
        return _pki.Kubeconfig(node, Port);
    }

    /// <summary>Issues a component's certificate, and answers a kubeconfig with it.</summary>
    public string KubeconfigOfComponent(string component)
    {
        _pki!.IssueClient(component, "system:" + component);
        return _pki.Kubeconfig(component, Port);
    }

    /// <summary>Starts a second API server over the same store.</summary>
    /// <param name="with">Changes the options.</param>
    /// <param name="port">Its port; a free one when null.</param>
    public async Task<OtherServer> StartAnotherAsync(Func<ApiServerOptions, ApiServerOptions>? with = null, int? port = null)
    {
        var chosen = port ?? RealEtcd.FreePort();
        return new OtherServer(await StartHostAsync(chosen, with), chosen);
    }

    /// <summary>The admin's kubeconfig for another server.</summary>
    public string KubeconfigOf(OtherServer other)
    {
        var path = Path.Combine(_directory, $"admin-{other.Port}.conf");
        File.WriteAllText(path, File.ReadAllText(Kubeconfig).Replace($":{Port}", $":{other.Port}", StringComparison.Ordinal));
        return path;
    }

    /// <summary>Has the store forget what was before a revision.</summary>
    public async Task CompactAsync(string revision) => (await Etcdctl.RunAsync(_store!.Endpoint, ["compact", revision])).Succeeded();

    /// <summary>Makes a client certificate for a user of this name.</summary>
    public void IssueClient(string user, params string[] groups) => _pki!.IssueClient(user, user, groups);

    /// <summary>Runs a kubectl with the admin's kubeconfig and a discovery cache of its own.</summary>
    public Task<CommandResult> KubectlAsync(string version, IEnumerable<string> arguments, string? input = null) => Command.RunAsync(
        Find(version),
        ["--kubeconfig", Kubeconfig, "--cache-dir", Path.Combine(_directory, "cache"), .. arguments],
        input,
        limit: TimeSpan.FromSeconds(30));

    public async Task DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _store!.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private Task<ApiServerHost> StartHostAsync(int port, Func<ApiServerOptions, ApiServerOptions>? with = null)
    {
        var options = new ApiServerOptions
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, port),
            EtcdServers = [new Uri(_store!.Endpoint)],
            ClientCaFile = _pki!.AuthorityFile,
            TlsCertFile = _pki.CertificateFile("server"),
            TlsPrivateKeyFile = _pki.KeyFile("server"),
            ServiceAccountIssuer = "https://kubernetes.default.svc.cluster.local",
            ServiceAccountKeyFiles = [_pki.KeyFile("sa")],
            ServiceAccountSigningKeyFile = _pki.KeyFile("sa"),
            AuthorizationModes = ["Node", "RBAC"],
            KubeletCertificateAuthority = _pki.AuthorityFile,
            KubeletClientCertificate = _pki.CertificateFile("admin"),
            KubeletClientKey = _pki.KeyFile("admin"),
        };
        return ApiServerHost.StartAsync(with?.Invoke(options) ?? options, Log, TimeProvider.System, default);
    }

    /// <summary>kubectl.VERSION beside the kubectl on PATH, else that kubectl.</summary>
    private static string Find(string version)
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            var kubectl = Path.Combine(directory, "kubectl");
            if (File.Exists(kubectl))
            {
                var real = new FileInfo(kubectl).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? kubectl;
                var versioned = Path.Combine(Path.GetDirectoryName(real)!, "kubectl." + version);
                return File.Exists(versioned) ? versioned : kubectl;
            }
        }

        return "kubectl";
    }
}

/// <summary>An API server beside the first.</summary>
public sealed class OtherServer(ApiServerHost host, int port) : IAsyncDisposable
{
    public int Port => port;

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
