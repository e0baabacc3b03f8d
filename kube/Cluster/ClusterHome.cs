namespace Kube.Cluster;

/// <summary>The directory that holds a cluster: certificates, data, logs, process ids. The names are a contract with users' scripts.</summary>
internal sealed class ClusterHome
{
    public ClusterHome(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>The absolute path of the home.</summary>
    public string Path { get; }

    /// <summary>The admin's kubeconfig.</summary>
    public string Kubeconfig => File("kubeconfig");

    /// <summary>Shell file with etcdctl's settings for the operator's certificate.</summary>
    public string StoreEnvironment => File("store.env");

    /// <summary>The options with which the cluster was made.</summary>
    public string OptionsFile => File("cluster.json");

    /// <summary>A file of the home.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file of pki/; certificates come as NAME.crt and NAME.key.</summary>
    public string Pki(string name) => System.IO.Path.Combine(Path, "pki", name);

    /// <summary>The data directory of a component.</summary>
    public string Data(string component) => System.IO.Path.Combine(Path, "data", component);

    /// <summary>The log file of a component.</summary>
    public string Log(string component) => System.IO.Path.Combine(Path, "log", component + ".log");

    /// <summary>The file that holds the process id of a running component.</summary>
    public string PidFile(string component) => System.IO.Path.Combine(Path, "run", component + ".pid");

    /// <summary>
    /// Serving certificate of a store member. The first has kubeadm's name; kubeadm knows one member a machine, so
    /// further ones add their own.
    /// </summary>
    public string StoreServerCertificate(int member) => Pki(member == 1 ? "etcd/server" : $"etcd/server-store-{member}");

    /// <summary>Peer certificate of a store member; named like <see cref="StoreServerCertificate"/>.</summary>
    public string StorePeerCertificate(int member) => Pki(member == 1 ? "etcd/peer" : $"etcd/peer-store-{member}");

    /// <summary>Makes the directories.</summary>
    /// <exception cref="Hosting.StartupException">The home can't be made or written.</exception>
    public void Create()
    {
        try
        {
            foreach (var directory in new[] { Path, Pki("etcd"), Data(string.Empty), File("log"), File("run") })
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var probe = File(".writable");
            System.IO.File.WriteAllText(probe, string.Empty);
            System.IO.File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Hosting.StartupException($"the home {Path} is not writable: {e.Message}", e);
        }
    }
}
