using System.Net;
using Kube.Conformance.Tests.Store;
using Kube.Kubelet.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>A kubelet in this process, on the process runtime, with a node's rights at the real API server.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    /// <summary>Name of the node.</summary>
    public const string Node = "real-node";

    private readonly string _root = Directory.CreateTempSubdirectory("node-").FullName;
    private KubeletHost? _kubelet;
    private Task? _started;

    /// <summary>Where the manifests of static pods lie.</summary>
    public string Manifests => Path.Combine(_root, "manifests");

    /// <summary>Starts the kubelet; the second and later calls do nothing.</summary>
    public Task StartAsync(BehaviourCluster cluster) => _started ??= StartCoreAsync(cluster);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_kubelet is not null)
        {
            await _kubelet.DisposeAsync();
            await KubeletCleanup.RunAsync(Options("", ""), NullLoggerFactory.Instance, TimeProvider.System, default);
        }

        Directory.Delete(_root, recursive: true);
    }

    private async Task StartCoreAsync(BehaviourCluster cluster)
    {
        Directory.CreateDirectory(Manifests);
        var kubeconfig = cluster.Server.KubeconfigOfNode(Node);
        _kubelet = await KubeletHost.StartAsync(Options(kubeconfig, cluster.Server.Directory), NullLoggerFactory.Instance, TimeProvider.System, default);
    }

    private KubeletOptions Options(string kubeconfig, string pki) => new()
    {
        KubeconfigFile = kubeconfig,
        NodeName = Node,
        Endpoint = new IPEndPoint(IPAddress.Loopback, kubeconfig.Length > 0 ? RealEtcd.FreePort() : 0),
        RootDirectory = Path.Combine(_root, "kubelet"),
        Runtime = "process",
        CertificateFile = Path.Combine(pki, "server.crt"),
        PrivateKeyFile = Path.Combine(pki, "server.key"),
        ClientAuthorityFile = Path.Combine(pki, "ca.crt"),
        PodManifestPath = Manifests,
        // Many restarts in little time.
        Node = new NodeSettings { RestartBackOffMax = TimeSpan.FromSeconds(1) },
    };
}
