using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Load.Report;

namespace Kube.Load.Kubelet;

/// <summary>What to measure.</summary>
/// <param name="Kube">The published program.</param>
/// <param name="BasePort">First of the cluster's ports.</param>
/// <param name="Pods">Pods that are started at once.</param>
/// <param name="Runtime">process or containerd.</param>
/// <param name="RuntimeEndpoint">containerd's socket.</param>
/// <param name="Image">What the pods run; the process runtime takes any.</param>
/// <param name="Idle">How long the running pods are left alone.</param>
/// <param name="Limit">All must run within this.</param>
internal sealed record KubeletBenchOptions(
    string Kube, int BasePort, int Pods, string Runtime, string RuntimeEndpoint, string Image, TimeSpan Idle, TimeSpan Limit);

/// <summary>
/// One node and many pods at once, through a whole cluster: asked for at the API server, bound by the scheduler, run by the kubelet. The
/// times are those that a client's watch sees.
/// </summary>
internal sealed class KubeletBench(KubeletCluster cluster, KubeletBenchOptions options, BenchReport report)
{
    /// <summary>Requests under way at once.</summary>
    private const int Parallelism = 32;

    private const string Namespace = "default";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await AwaitNodeAsync(stop.Token);
        var times = new PodTimes(cluster.Client, Namespace, options.Pods);
        var watching = times.WatchAsync(stop.Token);
        var requestsBefore = await RequestsAsync(stop.Token);
        var before = cluster.Usage();
        var clock = Stopwatch.StartNew();
        await CreateAsync(times, stop.Token);
        var created = clock.Elapsed;
        try
        {
            await Task.WhenAny(times.AllRunning, watching).Unwrap().WaitAsync(options.Limit, stop.Token);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"only {times.Running} of {options.Pods} pods run after {options.Limit.TotalSeconds} s");
        }

        var all = clock.Elapsed;
        var started = cluster.Usage();
        var requests = await RequestsAsync(stop.Token) - requestsBefore;
        await Task.Delay(options.Idle, stop.Token);
        var idle = cluster.Usage();
        clock.Restart();
        await DeleteAsync(stop.Token);
        await Task.WhenAny(times.AllGone, watching).Unwrap().WaitAsync(options.Limit, stop.Token);
        var gone = clock.Elapsed;

        string Start(string component) => PerPod(before, started, component, 1e3).ToString("F1", CultureInfo.InvariantCulture);
        string Idle(string component) => (PerPod(started, idle, component, 1e6) / options.Idle.TotalSeconds).ToString("F0", CultureInfo.InvariantCulture);
        report.Add($"| {options.Pods} pods, {options.Runtime} runtime | Measured |");
        report.Add($"|---|---|");
        report.Add($"| asked for, {Parallelism} requests at a time | {created.TotalSeconds:F2} s |");
        report.Add($"| all Running after the first request | {all.TotalSeconds:F2} s |");
        report.Add($"| start latency from the request, p50 / p99 | {PodTimes.Percentile(times.FromRequest, .5):F0} / {PodTimes.Percentile(times.FromRequest, .99):F0} ms |");
        report.Add($"| start latency from the binding, p50 / p99 | {PodTimes.Percentile(times.FromBinding, .5):F0} / {PodTimes.Percentile(times.FromBinding, .99):F0} ms |");
        report.Add($"| processor time of a start: kubelet, store, API server, scheduler, controllers | {Start("kubelet")}, {Start("store")}, {Start("apiserver")}, {Start("scheduler")}, {Start("controllers")} ms |");
        report.Add($"| requests of a start, all clients together | {(requests / options.Pods).ToString("F1", CultureInfo.InvariantCulture)} |");
        report.Add($"| processor time a second of the idle cluster, for each pod: kubelet, store, API server | {Idle("kubelet")}, {Idle("store")}, {Idle("apiserver")} µs |");
        report.Add($"| kubelet, resident | {idle["kubelet"].ResidentBytes / 1048576:F0} MB |");
        report.Add($"| deleted, all gone (grace 1 s) | {gone.TotalSeconds:F2} s |");
        await stop.CancelAsync();
        await watching;
    }

    /// <summary>What the API server has answered but what goes on without pods: leases and nodes.</summary>
    private async Task<double> RequestsAsync(CancellationToken cancellationToken)
    {
        var metrics = await cluster.Client.RawAsync(HttpMethod.Get, "/metrics", accept: "text/plain", cancellation: cancellationToken);
        return Encoding.UTF8.GetString(metrics.Body).Split('\n')
            .Where(static line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal)
                && !line.Contains("resource=\"leases\"", StringComparison.Ordinal) && !line.Contains("resource=\"nodes\"", StringComparison.Ordinal))
            .Sum(static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
    }

    private double PerPod(
        IReadOnlyDictionary<string, MemberUsage> from, IReadOnlyDictionary<string, MemberUsage> to, string component, double unitsPerSecond) =>
        (to[component].CpuSeconds - from[component].CpuSeconds) * unitsPerSecond / options.Pods;

    private async Task AwaitNodeAsync(CancellationToken cancellationToken)
    {
        var nodes = cluster.Client.For<Node>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await nodes.FindAsync(null, KubeletCluster.Node, limit.Token) is not { } node
            || node.Status?.Allocatable?["pods"].Value() < options.Pods
            || node.Status?.Conditions?.Exists(static c => c.Type == "Ready" && c.Status == "True") != true)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private Task CreateAsync(PodTimes times, CancellationToken cancellationToken) => ForEachAsync(
        name =>
        {
            times.Asked(name);
            return cluster.Client.For<Pod>().CreateAsync(
                new Pod
                {
                    Metadata = new ObjectMeta { Name = name, Namespace = Namespace },
                    Spec = new PodSpec
                    {
                        TerminationGracePeriodSeconds = 1,
                        Containers = [new Container { Name = "main", Image = options.Image, ImagePullPolicy = "IfNotPresent", Command = ["sleep", "36000"] }],
                    },
                },
                cancellationToken);
        },
        cancellationToken);

    private Task DeleteAsync(CancellationToken cancellationToken) =>
        ForEachAsync(name => cluster.Client.For<Pod>().DeleteAsync(Namespace, name, null, cancellationToken), cancellationToken);

    private Task ForEachAsync(Func<string, Task> act, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, options.Pods),
        new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
        async (i, _) => await act($"bench-{i}"));
}
