using System.Diagnostics;
using System.Globalization;
using Kube.Client.Config;
using Kube.Client.Rest;

namespace Kube.Load.Kubelet;

/// <summary>
/// A whole cluster of the published program on this machine with one node, whose kubelet is started again with room for as many
/// pods as are measured.
/// </summary>
internal sealed class KubeletCluster : IAsyncDisposable
{
    /// <summary>The cluster's one node.</summary>
    public const string Node = "node-1";

    private const string Component = "kubelet-1";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly string _kube;
    private readonly string _home = Directory.CreateTempSubdirectory("kube-bench-").FullName;
    private Process? _kubelet;

    private KubeletCluster(string kube) => _kube = kube;

    public KubeClient Client { get; private set; } = null!;

    /// <summary>What the components, the store's members together, have used so far.</summary>
    public IReadOnlyDictionary<string, MemberUsage> Usage() =>
        Directory.EnumerateFiles(Path.Combine(_home, "run"), "*.pid")
            .Select(static file => (Name: Path.GetFileNameWithoutExtension(file).Split('-')[0], Process: ReadPid(file)))
            .Append((Name: "kubelet", Process: _kubelet!.Id))
            .GroupBy(static component => component.Name, static component => component.Process)
            .ToDictionary(static group => group.Key, static group => MemberUsage.Of([.. group]));

    public static async Task<KubeletCluster> StartAsync(KubeletBenchOptions options, CancellationToken cancellationToken)
    {
        var cluster = new KubeletCluster(options.Kube);
        try
        {
            await cluster.ClusterAsync(
                [
                    "up", "--runtime", options.Runtime, "--container-runtime-endpoint", options.RuntimeEndpoint,
                    "--api-port", Text(options.BasePort), "--store-port", Text(options.BasePort + 10),
                ],
                cancellationToken);
            await cluster.RestartKubeletAsync(options.Pods + 10, cancellationToken);
            cluster.Client = new KubeClient(
                KubeConfig.Load(Path.Combine(cluster._home, "kubeconfig")).ToOptions() with { Qps = 0 }, TimeProvider.System);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_kubelet is not null)
        {
            _kubelet.Kill();
            await _kubelet.WaitForExitAsync();
            _kubelet.Dispose();

            // Ends what pods are left: a kubelet that is killed leaves its containers to the next one, which the cluster takes down.
            await ClusterAsync(["start", Component], CancellationToken.None);
        }

        await ClusterAsync(["down"], CancellationToken.None);
        Directory.Delete(_home, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int ReadPid(string file) => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);

    /// <summary>The cluster's own kubelet, with its own arguments, for more pods.</summary>
    private async Task RestartKubeletAsync(int maxPods, CancellationToken cancellationToken)
    {
        var line = await File.ReadAllTextAsync($"/proc/{ReadPid(Path.Combine(_home, "run", Component + ".pid"))}/cmdline", cancellationToken);
        await ClusterAsync(["stop", Component], cancellationToken);
        var arguments = line.TrimEnd('\0').Split('\0')[1..];
        var log = Path.Combine(_home, "log", "kubelet-bench.log");
        _kubelet = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" >\"$KUBELET_LOG\" 2>&1", _kube, .. arguments, "--max-pods", Text(maxPods)])
        {
            Environment = { ["KUBELET_LOG"] = log },
        })!;
    }

    private async Task ClusterAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        var start = new ProcessStartInfo(_kube, ["cluster", .. arguments, "--home", _home]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"kube cluster {string.Join(' ', arguments)}: {await output}{await errors}");
        }
    }
}
