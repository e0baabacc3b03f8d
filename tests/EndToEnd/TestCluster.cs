using System.Net;
using System.Net.Sockets;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>
/// A cluster of real processes in a temporary home on free ports, driven as a user would: by the cluster command,
/// kubectl and etcdctl. Dispose it to stop it and remove its home.
/// </summary>
public class TestCluster : IAsyncLifetime
{
    // A cluster takes the first free scheduler port when it starts: two that start at once would take the same one.
    private static readonly SemaphoreSlim Starting = new(1, 1);

    private readonly string[] _upArguments;

    /// <summary>One cluster with three store members and one node on the process runtime.</summary>
    public TestCluster()
        : this("--runtime", "process")
    {
    }

    /// <summary>A cluster with other flags.</summary>
    protected TestCluster(params string[] upArguments) => _upArguments = upArguments;

    /// <summary>The cluster's home.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("kube-test-").FullName;

    /// <summary>The API server's port.</summary>
    public int ApiPort { get; private set; }

    /// <summary>The first store member's client port; three members take six ports.</summary>
    public int StorePort { get; private set; }

    /// <summary>What `up` printed.</summary>
    public string UpOutput { get; private set; } = string.Empty;

    /// <summary>Runs kube cluster VERB with this home.</summary>
    public Task<CommandResult> ClusterAsync(string verb, params string[] arguments) =>
        KubeExecutable.RunAsync(["cluster", verb, .. arguments, "--home", Home], TimeSpan.FromSeconds(180));

    /// <summary>Runs kubectl as the admin.</summary>
    public Task<CommandResult> KubectlAsync(params string[] arguments) =>
        Command.RunAsync("kubectl", ["--kubeconfig", Path.Combine(Home, "kubeconfig"), .. arguments]);

    /// <summary>Runs kubectl as the admin with standard input.</summary>
    public Task<CommandResult> KubectlWithInputAsync(string input, params string[] arguments) =>
        Command.RunAsync("kubectl", ["--kubeconfig", Path.Combine(Home, "kubeconfig"), .. arguments], input);

    /// <summary>Runs kubectl and gives its output; fails unless it succeeds.</summary>
    public async Task<string> Kubectl(params string[] arguments) => (await KubectlAsync(arguments)).Succeeded().Trim();

    /// <summary>Runs etcdctl as a user would after sourcing store.env.</summary>
    public Task<CommandResult> EtcdctlAsync(string arguments) =>
        Command.RunAsync("sh", ["-c", $". '{Path.Combine(Home, "store.env")}'; exec etcdctl {arguments}"]);

    /// <summary>The same with another client certificate than the operator's.</summary>
    public Task<CommandResult> EtcdctlAsync(string arguments, string certificateFile, string keyFile) => Command.RunAsync(
        "sh",
        ["-c", $". '{Path.Combine(Home, "store.env")}'; ETCDCTL_CERT='{certificateFile}' ETCDCTL_KEY='{keyFile}' exec etcdctl {arguments}"]);

    /// <summary>
    /// Awaits a jsonpath of an object having a value. kubectl watches for it, once the object and what the path names are there: one
    /// process, and not one for each look.
    /// </summary>
    public Task AwaitAsync(string resource, string jsonPath, string expected, TimeSpan? limit = null, string @namespace = "default")
    {
        var bound = limit ?? TimeSpan.FromSeconds(120);
        string[] wait = ["--kubeconfig", Path.Combine(Home, "kubeconfig"), "wait", resource, "-n", @namespace, $"--for=jsonpath={{{jsonPath}}}={expected}", $"--timeout={bound.TotalSeconds}s"];

        // It ends by itself: the limit of a command must not come before that.
        return Eventually.HoldsAsync(async () => (await Command.RunAsync("kubectl", wait, limit: bound * 2)).ExitCode == 0, $"{jsonPath} of {resource} is {expected}", bound);
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        (ApiPort, StorePort) = FreePorts.Take();
        await Starting.WaitAsync();
        try
        {
            var up = await ClusterAsync("up", [.. _upArguments, "--api-port", $"{ApiPort}", "--store-port", $"{StorePort}"]);
            UpOutput = up.Succeeded();
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (File.Exists(Path.Combine(Home, "cluster.json")))
        {
            (await ClusterAsync("down")).Succeeded();
        }

        Directory.Delete(Home, recursive: true);
    }
}

/// <summary>Finds ports for a cluster. Taken below the ephemeral range, so that no client socket gets them first.</summary>
internal static class FreePorts
{
    private static readonly Lock Lock = new();
    private static int _next = 16000 + (Environment.ProcessId % 800 * 10);

    /// <summary>An API server port and a store port with room for three members, none of them listened on now.</summary>
    public static (int Api, int Store) Take()
    {
        lock (Lock)
        {
            while (true)
            {
                var first = _next;
                _next += 10;
                if (Enumerable.Range(first, 10).All(IsFree))
                {
                    return (first, first + 1);
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
