using Kube.Pki;

namespace Kube.Cluster;

/// <summary>Works out the processes of a cluster and their command lines from its options. Starts nothing.</summary>
internal sealed class ClusterPlan(ClusterHome home, ClusterOptions options)
{
    /// <summary>All components, in the order in which they are started; stopping goes the other way.</summary>
    public IReadOnlyList<ComponentSpec> Components { get; } = Plan(home, options);

    /// <summary>The component with this name.</summary>
    /// <exception cref="Hosting.StartupException">There is none.</exception>
    public ComponentSpec Find(string name) => Components.FirstOrDefault(component => component.Name == name)
        ?? throw new Hosting.StartupException(
            $"no component is called {name}; there are {string.Join(", ", Components.Select(component => component.Name))}");

    private static List<ComponentSpec> Plan(ClusterHome home, ClusterOptions options)
    {
        var components = new List<ComponentSpec>();
        components.AddRange(Enumerable.Range(1, options.Stores).Select(member => Store(home, options, member)));
        components.Add(ApiServer(home, options));
        components.Add(Controllers(home, options));
        components.Add(Scheduler(home, options));
        components.AddRange(Enumerable.Range(1, options.Nodes).Select(node => Kubelet(home, options, node)));
        return components;
    }

    private static ComponentSpec Store(ClusterHome home, ClusterOptions options, int member)
    {
        var name = $"store-{member}";
        var clientUrl = $"https://127.0.0.1:{options.StoreClientPort(member)}";
        var peerUrl = $"https://127.0.0.1:{options.StorePeerPort(member)}";
        var members = Enumerable.Range(1, options.Stores).Select(other => $"store-{other}=https://127.0.0.1:{options.StorePeerPort(other)}");
        var server = home.StoreServerCertificate(member);
        var peer = home.StorePeerCertificate(member);
        return new ComponentSpec(
            name,
            [
                "store", "serve",
                "--name", name,
                "--data-dir", home.Data(name),
                "--listen-client-urls", clientUrl,
                "--advertise-client-urls", clientUrl,
                "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster", string.Join(',', members),
                "--initial-cluster-token", options.Token,
                "--initial-cluster-state", "new",
                "--cert-file", server + ".crt",
                "--key-file", server + ".key",
                "--trusted-ca-file", home.Pki("etcd/ca.crt"),
                "--client-cert-auth",
                "--client-cert-allowed-cn", $"{ClusterPki.ApiServerStoreClient},{ClusterPki.StoreOperator}",
                "--peer-cert-file", peer + ".crt",
                "--peer-key-file", peer + ".key",
                "--peer-trusted-ca-file", home.Pki("etcd/ca.crt"),
                "--peer-client-cert-auth",
            ],
            new Uri(clientUrl + "/health"),
            ProbeTrust.Store,
            [options.StoreClientPort(member), options.StorePeerPort(member)]);
    }

    private static ComponentSpec ApiServer(ClusterHome home, ClusterOptions options) => new(
        "apiserver",
        [
            "apiserver",
            "--bind-address", "127.0.0.1",
            "--advertise-address", "127.0.0.1",
            "--secure-port", $"{options.ApiPort}",
            "--etcd-servers", string.Join(',', Enumerable.Range(1, options.Stores).Select(member => $"https://127.0.0.1:{options.StoreClientPort(member)}")),
            "--etcd-cafile", home.Pki("etcd/ca.crt"),
            "--etcd-certfile", home.Pki("apiserver-etcd-client.crt"),
            "--etcd-keyfile", home.Pki("apiserver-etcd-client.key"),
            "--client-ca-file", home.Pki("ca.crt"),
            "--tls-cert-file", home.Pki("apiserver.crt"),
            "--tls-private-key-file", home.Pki("apiserver.key"),
            "--kubelet-certificate-authority", home.Pki("ca.crt"),
            "--kubelet-client-certificate", home.Pki("apiserver-kubelet-client.crt"),
            "--kubelet-client-key", home.Pki("apiserver-kubelet-client.key"),
            "--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file", home.Pki("sa.pub"),
            "--service-account-signing-key-file", home.Pki("sa.key"),
            "--service-cluster-ip-range", ClusterOptions.ServiceRange,
            "--authorization-mode", "Node,RBAC",
            "--audit-log-path", home.File("log/audit.log"),
        ],
        new Uri($"https://127.0.0.1:{options.ApiPort}/readyz"),
        ProbeTrust.Cluster,
        [options.ApiPort]);

    private static ComponentSpec Controllers(ClusterHome home, ClusterOptions options) => new(
        "controllers",
        [
            "controllers",
            "--kubeconfig", home.File("controller-manager.conf"),
            "--bind-address", "127.0.0.1",
            "--secure-port", $"{options.ControllersPort}",
            "--tls-cert-file", home.Pki("controllers.crt"),
            "--tls-private-key-file", home.Pki("controllers.key"),
            "--client-ca-file", home.Pki("ca.crt"),
            "--root-ca-file", home.Pki("ca.crt"),
            "--service-account-private-key-file", home.Pki("sa.key"),
            "--leader-elect",
        ],
        new Uri($"https://127.0.0.1:{options.ControllersPort}/healthz"),
        ProbeTrust.Cluster,
        [options.ControllersPort]);

    private static ComponentSpec Scheduler(ClusterHome home, ClusterOptions options) => new(
        "scheduler",
        [
            "scheduler",
            "--kubeconfig", home.File("scheduler.conf"),
            "--bind-address", "127.0.0.1",
            "--secure-port", $"{options.SchedulerPort}",
            "--tls-cert-file", home.Pki("scheduler.crt"),
            "--tls-private-key-file", home.Pki("scheduler.key"),
            "--client-ca-file", home.Pki("ca.crt"),
            "--leader-elect",
        ],
        new Uri($"https://127.0.0.1:{options.SchedulerPort}/healthz"),
        ProbeTrust.Cluster,
        [options.SchedulerPort]);

    private static ComponentSpec Kubelet(ClusterHome home, ClusterOptions options, int node)
    {
        var name = $"kubelet-{node}";
        var port = options.KubeletPorts[node - 1];
        return new ComponentSpec(
            name,
            [
                "kubelet",
                "--kubeconfig", home.File(name + ".conf"),
                "--hostname-override", options.NodeName(node),
                "--node-ip", "127.0.0.1",
                "--address", "127.0.0.1",
                "--port", $"{port}",
                "--root-dir", home.Data(name),
                "--runtime", options.Runtime,
                "--container-runtime-endpoint", options.RuntimeEndpoint,
                "--client-ca-file", home.Pki("ca.crt"),
                "--tls-cert-file", home.Pki(name + ".crt"),
                "--tls-private-key-file", home.Pki(name + ".key"),
            ],
            new Uri($"https://127.0.0.1:{port}/healthz"),
            ProbeTrust.Cluster,
            [port])
        {
            // Containers outlive their kubelet by design; a cluster that is down has none.
            CleanupArguments =
            [
                "kubelet", "cleanup",
                "--hostname-override", options.NodeName(node),
                "--root-dir", home.Data(name),
                "--runtime", options.Runtime,
                "--container-runtime-endpoint", options.RuntimeEndpoint,
            ],
        };
    }
}
