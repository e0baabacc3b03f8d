using System.Net.Security;
using Etcd.V3;
using Google.Protobuf;
using Kube.Load.Http2;
using Kube.Load.Plot;
using Kube.Load.Report;

namespace Kube.Load.Api;

/// <summary>
/// A real API server over a store of three members, each a process of its own, measured beside its limits: a bare handler
/// that answers with the same bytes, and the store's own rate of writes.
/// </summary>
internal sealed partial class ApiBench : IDisposable
{
    private const int Connections = 10;
    private const int Clients = 100;

    private readonly StoreCluster _store;
    private readonly ApiBenchOptions _options;
    private readonly string _kube;
    private readonly int _port;
    private readonly string _directory;
    private readonly TextWriter _output;
    private readonly BenchPki _pki;
    private readonly SslClientAuthenticationOptions _tls;
    private readonly BarChart _chart = new("API server beside its limits, same run");
    private ServerProcess _api = null!;
    private byte[] _template = [];

    /// <param name="port">Two ports: the API server's and the limit's.</param>
    public ApiBench(StoreCluster store, string kube, int port, string directory, ApiBenchOptions options, TextWriter output)
    {
        (_store, _kube, _port, _options, _output) = (store, kube, port, options, output);
        _directory = Directory.CreateDirectory(Path.Combine(directory, $"kube-bench-api-{Environment.ProcessId}")).FullName;
        _pki = new BenchPki(Path.Combine(_directory, "pki"));
        _tls = _pki.Tls("load");
    }

    public void Dispose()
    {
        _api?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _output.WriteLine($"machine: {Environment.ProcessorCount} processors, load average {BenchReport.LoadAverage()}");
        await _store.StartAllAsync().ConfigureAwait(false);
        StartApiServer();
        var empty = await _api.ReadyAsync("/readyz", cancellationToken).ConfigureAwait(false);
        var emptyBytes = _api.ResidentBytes;
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        await PartAsync("requests", RequestsAsync, cancellationToken).ConfigureAwait(false);
        await PartAsync("writes", WritesAsync, cancellationToken).ConfigureAwait(false);
        await PartAsync("watch", WatchAsync, cancellationToken).ConfigureAwait(false);
        await PartAsync("lists", ListsAsync, cancellationToken).ConfigureAwait(false);
        await PartAsync("startup", (report, token) => StartUpAsync(report, empty, emptyBytes, token), cancellationToken).ConfigureAwait(false);
        _output.WriteLine($"load average at the end {BenchReport.LoadAverage()}");
        if (_options.Page is { } page)
        {
            _chart.Save(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, "benchmarks", "api.svg"));
            MarkdownSection.Replace(page, "bench api plot", "![API server beside its limits](benchmarks/api.svg)");
        }
    }

    private async Task PartAsync(string part, Func<BenchReport, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (!_options.Parts.Contains(part))
        {
            return;
        }

        var report = new BenchReport(_output);
        var before = BenchReport.LoadAverage();
        await run(report, cancellationToken).ConfigureAwait(false);
        report.Add($"");
        report.Add($"Load average before it {before}, after it {BenchReport.LoadAverage()}; {Environment.ProcessorCount} processors.");
        if (_options.Page is { } page)
        {
            MarkdownSection.Replace(page, "bench api " + part, report.Markdown);
        }
    }

    private void StartApiServer() => _api = ServerProcess.StartApiServer(_kube, _pki, _port, _store.Endpoints);

    /// <summary>The namespaces, the load's rights, and the pod that all others are made after.</summary>
    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        for (var part = 0; part < PodMaker.Parts; part++)
        {
            var name = PodMaker.NamespaceOf(part);
            await PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""", cancellationToken).ConfigureAwait(false);
            await PostAsync($"/api/v1/namespaces/{name}/serviceaccounts", """{"metadata":{"name":"default"}}""", cancellationToken).ConfigureAwait(false);
        }

        var binding = $$$"""
            {"metadata":{"name":"bench"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"{{{BenchPki.Group}}}"}]}
            """;
        await PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding, cancellationToken).ConfigureAwait(false);
        await _api.GetAsync($"/api/v1/namespaces/{PodMaker.TemplateNamespace}/serviceaccounts", cancellationToken).ConfigureAwait(false);
        await PostAsync($"/api/v1/namespaces/{PodMaker.TemplateNamespace}/pods", Pod(PodMaker.TemplateName), cancellationToken).ConfigureAwait(false);
        var stored = await _store.Kv(0).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8($"/registry/pods/{PodMaker.TemplateNamespace}/{PodMaker.TemplateName}") },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        _template = stored.Kvs[0].Value.ToByteArray();
        _output.WriteLine($"a pod is stored in {_template.Length} bytes");
    }

    /// <summary>A pod as a deployment would make it.</summary>
    private static string Pod(string name) => $$$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{name}}}}","labels":{"app":"web","shard":"0","pod-template-hash":"5d9c7f9b8c"}},
         "spec":{"containers":[{"name":"web","image":"registry.example/web:1.2.3","ports":[{"containerPort":8080}],
          "env":[{"name":"MODE","value":"production"}],
          "resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}},
          "readinessProbe":{"httpGet":{"path":"/ready","port":8080}}}]}}
        """;

    private Task<byte[]> PostAsync(string path, string body, CancellationToken cancellationToken) =>
        _api.SendAsync(HttpMethod.Post, path, body, cancellationToken);

    private int Scaled(int requests) => Math.Max(Clients, (int)(requests * _options.Scale));

    private async Task<LoadResult> LoadAsync(string work, CallSource calls, string url, int connections, int clients, CancellationToken cancellationToken)
    {
        var result = await LoadRun.RunAsync(work, calls, [url], connections, clients, _tls, cancellationToken).ConfigureAwait(false);
        return result.Failures == 0 ? result : throw new InvalidOperationException($"{url}: {result}");
    }

    /// <summary>Runs two things in turn, and gives the median rate of each.</summary>
    private async Task<(LoadResult First, LoadResult Second)> CompareAsync(Func<Task<LoadResult>> first, Func<Task<LoadResult>> second)
    {
        var (firsts, seconds) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round <= _options.Rounds; round++)
        {
            var (a, b) = (await first().ConfigureAwait(false), await second().ConfigureAwait(false));
            if (round > 0)
            {
                // The first round is for code that has not run yet.
                firsts.Add(a);
                seconds.Add(b);
            }
        }

        return (Median(firsts), Median(seconds));
    }

    private static LoadResult Median(List<LoadResult> results) => results.OrderBy(r => r.PerSecond).ElementAt(results.Count / 2);

    private static string Verdict(double ratio, double goal) => $"at least {goal:0.0}x: {(ratio >= goal ? "met" : "missed")}";
}
