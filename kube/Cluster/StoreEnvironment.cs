namespace Kube.Cluster;

/// <summary>Writes store.env: what etcdctl needs to reach the store with the operator's certificate.</summary>
internal static class StoreEnvironment
{
    public static void Write(ClusterHome home, ClusterOptions options)
    {
        var endpoints = Enumerable.Range(1, options.Stores).Select(member => $"https://127.0.0.1:{options.StoreClientPort(member)}");
        File.WriteAllText(home.StoreEnvironment, $"""
            export ETCDCTL_API=3
            export ETCDCTL_ENDPOINTS={string.Join(',', endpoints)}
            export ETCDCTL_CACERT={Quote(home.Pki("etcd/ca.crt"))}
            export ETCDCTL_CERT={Quote(home.Pki("etcd/healthcheck-client.crt"))}
            export ETCDCTL_KEY={Quote(home.Pki("etcd/healthcheck-client.key"))}

            """);
    }

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''")}'";
}
