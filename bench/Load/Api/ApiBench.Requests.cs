using System.Text.Json.Nodes;
using Etcd.V3;
using Google.Protobuf;
using Kube.Load.Http2;
using Kube.Load.Plot;
using Kube.Load.Report;

namespace Kube.Load.Api;

internal sealed partial class ApiBench
{
    private const string WriteNamespace = "bench-1";

    private int _created;

    /// <summary>One object, and a list of 10,000 pods, beside a handler that answers with the same bytes.</summary>
    private async Task RequestsAsync(BenchReport report, CancellationToken cancellationToken)
    {
        const int pods = 10_000;
        var pod = $"/api/v1/namespaces/{PodMaker.TemplateNamespace}/pods/{PodMaker.TemplateName}";
        var files = Directory.CreateDirectory(Path.Combine(_directory, "files")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(files, "pod"), await _api.GetAsync(pod, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await new PodMaker(_store, _template).FillAsync(0, pods, cancellationToken).ConfigureAwait(false);
        var list = await _api.GetAsync("/api/v1/pods", cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(Path.Combine(files, "list"), list, cancellationToken).ConfigureAwait(false);
        using var limit = ServerProcess.StartLimit(_pki, _port + 1, files);
        await limit.ReadyAsync("/pod", cancellationToken).ConfigureAwait(false);

        report.Add($"| request | conns/clients | bare handler | p50 / p99 ms | API server | p50 / p99 ms | ratio | goal |");
        report.Add($"|---|---|---|---|---|---|---|---|");
        Task<LoadResult> GetAsync(string url, string path) => LoadAsync("get", new RestCalls(Scaled(20_000), _ => new RestCall("GET", path)), url, Connections, Clients, cancellationToken);
        var (bare, ours) = await CompareAsync(() => GetAsync(limit.Url, "/pod"), () => GetAsync(_api.Url, pod)).ConfigureAwait(false);
        var ratio = ours.PerSecond / bare.PerSecond;
        report.Add($"| GET one pod, req/s | {Connections}/{Clients} | {bare.PerSecond:F0} | {bare.P50Ms:F1} / {bare.P99Ms:F1} | {ours.PerSecond:F0} | {ours.P50Ms:F1} / {ours.P99Ms:F1} | {ratio:F2}x | {Verdict(ratio, 0.5)} |");
        Chart("GET one pod, req/s", "bare handler", bare.PerSecond, ours.PerSecond, "F0");

        var lists = Math.Max(4, (int)(40 * _options.Scale));
        Task<LoadResult> ListAsync(string url, string path) => LoadAsync("list", new RestCalls(lists, _ => new RestCall("GET", path)), url, 4, 4, cancellationToken);
        var allocated = 0.0;
        async Task<LoadResult> CountedAsync()
        {
            var before = await MetricAsync("dotnet_gc_allocated_bytes_total", cancellationToken).ConfigureAwait(false);
            var result = await ListAsync(_api.Url, "/api/v1/pods").ConfigureAwait(false);
            allocated = (await MetricAsync("dotnet_gc_allocated_bytes_total", cancellationToken).ConfigureAwait(false) - before) / lists;
            return result;
        }

        (bare, ours) = await CompareAsync(() => ListAsync(limit.Url, "/list"), CountedAsync).ConfigureAwait(false);
        ratio = ours.PerSecond / bare.PerSecond;
        var megabytes = list.Length / 1e6;
        report.Add($"| LIST 10,000 pods ({megabytes:F0} MB), MB/s | 4/4 | {bare.PerSecond * megabytes:F0} | {bare.P50Ms:F0} / {bare.P99Ms:F0} | {ours.PerSecond * megabytes:F0} | {ours.P50Ms:F0} / {ours.P99Ms:F0} | {ratio:F2}x | {Verdict(ratio, 0.5)} |");
        report.Add($"| allocated per LIST, MB | 4/4 | | | {allocated / 1e6:F2} | | | at most 16: {(allocated <= 16e6 ? "met" : "missed")} |");
        Chart("LIST 10,000 pods, MB/s", "bare handler", bare.PerSecond * megabytes, ours.PerSecond * megabytes, "F0");
    }

    /// <summary>Creates beside the store's puts of as many bytes; update, patch and apply.</summary>
    private async Task WritesAsync(BenchReport report, CancellationToken cancellationToken)
    {
        report.Add($"| write | conns/clients | store's put, req/s | p50 / p99 ms | API server, req/s | p50 / p99 ms | ratio | goal |");
        report.Add($"|---|---|---|---|---|---|---|---|");
        var total = Scaled(5_000);
        Task<LoadResult> PutAsync() => new StoreLoad(new StoreLoadOptions
        {
            Endpoints = _store.Endpoints,
            Connections = Connections,
            Clients = Clients,
            Total = total,
            Work = "put",
            KeySizeBytes = 48,
            ValueSizeBytes = _template.Length,
            KeySpace = 0,
        }).RunAsync(cancellationToken);
        var (puts, creates) = await CompareAsync(PutAsync, () => CreateAsync(total, cancellationToken)).ConfigureAwait(false);
        var ratio = creates.PerSecond / puts.PerSecond;
        report.Add($"| create a pod | {Connections}/{Clients} | {puts.PerSecond:F0} | {puts.P50Ms:F1} / {puts.P99Ms:F1} | {creates.PerSecond:F0} | {creates.P50Ms:F1} / {creates.P99Ms:F1} | {ratio:F2}x | {Verdict(ratio, 0.6)} |");
        Chart("create a pod, req/s", "the store's put", puts.PerSecond, creates.PerSecond, "F0");

        string PathOf(int i) => $"/api/v1/namespaces/{WriteNamespace}/pods/{CreatedName(i % total)}";
        var stored = await StoredPodsAsync(total, cancellationToken).ConfigureAwait(false);
        await WriteRowAsync("update (PUT of a pod, labels changed)", i => new RestCall("PUT", PathOf(i), "application/json", Encode(stored[i % total].Replace("\"shard\":\"0\"", $"\"shard\":\"{i}\"", StringComparison.Ordinal)))).ConfigureAwait(false);
        await WriteRowAsync("merge patch", i => new RestCall("PATCH", PathOf(i), "application/merge-patch+json", Encode($$$$"""{"metadata":{"annotations":{"n":"{{{{i}}}}"}}}"""))).ConfigureAwait(false);
        await WriteRowAsync("strategic merge patch", i => new RestCall("PATCH", PathOf(i), "application/strategic-merge-patch+json", Encode($$$"""{"spec":{"containers":[{"name":"web","image":"web:{{{i}}}"}]}}"""))).ConfigureAwait(false);
        await WriteRowAsync("server-side apply", i => new RestCall("PATCH", PathOf(i) + "?fieldManager=bench&force=true", "application/apply-patch+yaml", Encode($$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{CreatedName(i % total)}}}}","labels":{"bench":"n{{{{i}}}}"}}}"""))).ConfigureAwait(false);

        async Task WriteRowAsync(string name, Func<int, RestCall> call)
        {
            var results = new List<LoadResult>();
            for (var round = 0; round <= _options.Rounds; round++)
            {
                var offset = round * total;
                var result = await LoadAsync(name, new RestCalls(total, i => call(i + offset)), _api.Url, Connections, Clients, cancellationToken).ConfigureAwait(false);
                results.Add(result);
            }

            var median = Median(results[1..]);
            report.Add($"| {name} | {Connections}/{Clients} | | | {median.PerSecond:F0} | {median.P50Ms:F1} / {median.P99Ms:F1} | {median.PerSecond / puts.PerSecond:F2}x | |");
        }
    }

    private Task<LoadResult> CreateAsync(int total, CancellationToken cancellationToken)
    {
        var from = _created;
        _created += total;
        var calls = new RestCalls(total, i =>
            new RestCall("POST", $"/api/v1/namespaces/{WriteNamespace}/pods", "application/json", Encode(Pod(CreatedName(from + i)))));
        return LoadAsync("create", calls, _api.Url, Connections, Clients, cancellationToken);
    }

    /// <summary>
    /// The first pods that were created, as an update sends them: with what admission added, of which an update may change nothing, and
    /// without the version that would be another one in the next round.
    /// </summary>
    private async Task<string[]> StoredPodsAsync(int count, CancellationToken cancellationToken)
    {
        var list = JsonNode.Parse(await _api.GetAsync($"/api/v1/namespaces/{WriteNamespace}/pods?limit={count}", cancellationToken).ConfigureAwait(false))!;
        return [.. list["items"]!.AsArray().Select(static pod =>
        {
            (pod!["apiVersion"], pod["kind"]) = ("v1", "Pod");
            pod["metadata"]!.AsObject().Remove("resourceVersion");
            return pod.ToJsonString();
        })];
    }

    private static string CreatedName(int index) => "new-" + index.ToString("D8", System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Encode(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private void Chart(string label, string limit, double bare, double ours, string format)
    {
        string Text(double value) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
        _chart.Add(label, new Bar(limit, bare, Text(bare)), new Bar("API server", ours, Text(ours)));
    }

    private Task<double> MetricAsync(string name, CancellationToken cancellationToken) => MetricAsync(name, "", cancellationToken);

    /// <summary>The API server's samples of one name, those with a label, added up.</summary>
    private async Task<double> MetricAsync(string name, string label, CancellationToken cancellationToken)
    {
        var text = System.Text.Encoding.UTF8.GetString(await _api.GetAsync("/metrics", cancellationToken).ConfigureAwait(false));
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{' && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
