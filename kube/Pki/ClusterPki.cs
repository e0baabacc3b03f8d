using System.Net;
using System.Security.Cryptography;
using Kube.Cluster;

namespace Kube.Pki;

/// <summary>
/// The cluster's certificates and kubeconfigs in kubeadm's layout and names, with three CAs: the cluster's, the
/// store's (etcd/) and the front proxy's. So no certificate of a scheduler, controller or kubelet is ever trusted by
/// the store. Everything is made once; a second run adds what is missing, such as a new node's files.
/// </summary>
internal sealed class ClusterPki(ClusterHome home, ClusterOptions options, TimeProvider time)
{
    /// <summary>CN of the certificate with which the API server calls the store.</summary>
    public const string ApiServerStoreClient = "kube-apiserver-etcd-client";

    /// <summary>CN of the operator's certificate for the store: backup, inspection, health.</summary>
    public const string StoreOperator = "kube-etcd-healthcheck-client";

    private static readonly string[] LocalNames = ["localhost"];
    private static readonly IPAddress[] LocalAddresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>Makes whatever of the certificates, keys and kubeconfigs is missing.</summary>
    public void Ensure()
    {
        var cluster = CertificateAuthority.LoadOrCreate(home.Pki("ca"), "kubernetes", time);
        EnsureStore();
        EnsureApiServer(cluster);
        EnsureFrontProxy();
        EnsureServiceAccountKey();
        cluster.Issue(home.Pki("controllers"), Server("kube-controller-manager"));
        cluster.Issue(home.Pki("scheduler"), Server("kube-scheduler"));
        EnsureKubeconfig(cluster, home.Kubeconfig, "kubernetes-admin", "system:masters");
        EnsureKubeconfig(cluster, home.File("controller-manager.conf"), "system:kube-controller-manager");
        EnsureKubeconfig(cluster, home.File("scheduler.conf"), "system:kube-scheduler");
        for (var node = 1; node <= options.Nodes; node++)
        {
            var name = $"kubelet-{node}";
            cluster.Issue(home.Pki(name), Server("system:node:" + options.NodeName(node)) with
            {
                Organizations = ["system:nodes"],
                DnsNames = [.. LocalNames, options.NodeName(node)],
            });
            EnsureKubeconfig(cluster, home.File(name + ".conf"), "system:node:" + options.NodeName(node), "system:nodes");
        }
    }

    private void EnsureStore()
    {
        var store = CertificateAuthority.LoadOrCreate(home.Pki("etcd/ca"), "etcd-ca", time);
        for (var member = 1; member <= options.Stores; member++)
        {
            var name = $"store-{member}";
            store.Issue(home.StoreServerCertificate(member), Server(name) with { IsClient = true, DnsNames = [.. LocalNames, name] });
            store.Issue(home.StorePeerCertificate(member), Server(name) with { IsClient = true, DnsNames = [.. LocalNames, name] });
        }

        store.Issue(home.Pki("etcd/healthcheck-client"), CertificateRequestOptions.Client(StoreOperator));
        store.Issue(home.Pki("apiserver-etcd-client"), CertificateRequestOptions.Client(ApiServerStoreClient));
    }

    private void EnsureApiServer(CertificateAuthority cluster)
    {
        cluster.Issue(home.Pki("apiserver"), Server("kube-apiserver") with
        {
            DnsNames =
            [
                .. LocalNames, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
            ],
            Addresses = [.. LocalAddresses, IPAddress.Parse(ClusterOptions.KubernetesServiceAddress)],
        });
        cluster.Issue(
            home.Pki("apiserver-kubelet-client"),
            CertificateRequestOptions.Client("kube-apiserver-kubelet-client", "kubeadm:cluster-admins", "system:masters"));
    }

    private void EnsureFrontProxy()
    {
        var frontProxy = CertificateAuthority.LoadOrCreate(home.Pki("front-proxy-ca"), "front-proxy-ca", time);
        frontProxy.Issue(home.Pki("front-proxy-client"), CertificateRequestOptions.Client("front-proxy-client"));
    }

    private void EnsureServiceAccountKey()
    {
        if (File.Exists(home.Pki("sa.pub")))
        {
            return;
        }

        using var key = RSA.Create(2048);
        PemFiles.WritePrivate(home.Pki("sa.key"), key.ExportRSAPrivateKeyPem() + "\n");
        PemFiles.WritePrivate(home.Pki("sa.pub"), key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private void EnsureKubeconfig(CertificateAuthority cluster, string path, string user, params string[] groups)
    {
        if (File.Exists(path))
        {
            return;
        }

        var (certificate, key) = cluster.IssuePem(CertificateRequestOptions.Client(user, groups));
        PemFiles.WritePrivate(path, Kubeconfig.Render(
            $"https://127.0.0.1:{options.ApiPort}", cluster.CertificatePem + "\n", user, certificate, key));
    }

    private static CertificateRequestOptions Server(string commonName) =>
        new(commonName, [], IsServer: true, IsClient: false, LocalNames, LocalAddresses);
}
