using System.Diagnostics;
using System.Globalization;
using Kube.Client.Config;
using Kube.Client.Rest;

namespace Kube.SchedulerBench;

/// <summary>
/// A cluster of the published program on this machine: three store members, the API server and the scheduler, each a process. What else
/// `cluster up` starts is stopped again, as kube-scheduler's benchmark has no controllers and no kubelets either.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    /// <summary>The processes that are measured.</summary>
    public static readonly IReadOnlyList<string> Components = ["store-1", "store-2", "store-3", "apiserver", "scheduler"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _kube;
    private readonly string _home = Directory.CreateTempSubdirectory("kube-bench-").FullName;
    private readonly int _basePort;

    private BenchCluster(string kube, int basePort)
    {
        _kube = kube;
        _basePort = basePort;
    }

    public KubeClient Client { get; private set; } = null!;

    public static async Task<BenchCluster> StartAsync(string kube, int basePort, CancellationToken cancellationToken)
    {
        var cluster = new BenchCluster(kube, basePort);
        try
        {
            await cluster.RunAsync(
                ["up", "--runtime", "process", "--nodes", "1", "--api-port", Text(basePort), "--store-port", Text(basePort + 10)], cancellationToken);
            await cluster.RunAsync(["stop", "controllers"], cancellationToken);
            await cluster.RunAsync(["stop", "kubelet-1"], cancellationToken);
            cluster.Client = new KubeClient(KubeConfig.Load(Path.Combine(cluster._home, "kubeconfig")).ToOptions(), TimeProvider.System);
            await cluster.Client.For<Api.Core.V1.Node>().DeleteAsync(null, "node-1", null, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Seconds of processor time that each of the components, and this process, have used.</summary>
    public IReadOnlyDictionary<string, double> ProcessorSeconds()
    {
        var used = Components.ToDictionary(
            name => name, name => Seconds(int.Parse(File.ReadAllText(Path.Combine(_home, "run", name + ".pid")), CultureInfo.InvariantCulture)));
        used["load"] = Seconds(Environment.ProcessId);
        return used;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await RunAsync(["down"], CancellationToken.None);
        Directory.Delete(_home, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Seconds(int process)
    {
        const double ticksPerSecond = 100;
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / ticksPerSecond;
    }

    private async Task RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var start = new ProcessStartInfo(_kube, ["cluster", .. arguments, "--home", _home]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"kube cluster {string.Join(' ', arguments)} at ports from {_basePort}: {await output}{await errors}");
        }
    }
}
