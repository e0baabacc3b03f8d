using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Kube.Load.Http2;
using Kube.Load.Plot;
using Kube.Load.Report;

namespace Kube.Load.Api;

internal sealed partial class ApiBench
{
    private const int WatchConnections = 100;
    private const int BatchesPerSecond = 50;

    /// <summary>
    /// Many watches of one namespace's config maps. The changes are written to the store, as another API server would, so that
    /// this one's work is the watches alone.
    /// </summary>
    private async Task WatchAsync(BenchReport report, CancellationToken cancellationToken)
    {
        var batchSize = _options.EventsPerSecond / BatchesPerSecond;
        var batches = BatchesPerSecond * _options.WatchSeconds;
        var stored = await ConfigMapAsync(cancellationToken).ConfigureAwait(false);
        await WatchOnceAsync(stored, BatchesPerSecond, Math.Max(1, batchSize / 4), cancellationToken).ConfigureAwait(false);
        var (calls, seconds, late, cpu) = await WatchOnceAsync(stored, batches, batchSize, cancellationToken).ConfigureAwait(false);
        var (min, max) = calls.Seen;
        var sent = batches * batchSize;
        var rate = sent / seconds;
        report.Add($"| what | measured | goal |");
        report.Add($"|---|---|---|");
        report.Add($"| watches, over {WatchConnections} connections | {_options.Watchers} | |");
        report.Add($"| events written, {stored.Length} bytes each | {sent} in {seconds:F1} s: {rate:F0} a second | {_options.EventsPerSecond} a second: {(rate >= _options.EventsPerSecond * 0.98 ? "met" : "missed")} |");
        report.Add($"| events that a watch got | {min} to {max} | all of them: {(min == sent && max == sent ? "met" : "missed")} |");
        report.Add($"| until the last watch had the last event | {late:F2} s after it was written | |");
        report.Add($"| age of an event when it is received | p50 {calls.AgeMs(0.5):F0} ms, p99 {calls.AgeMs(0.99):F0} ms | |");
        report.Add($"| delivered | {calls.Total / (seconds + late):F0} events/s, {calls.ReceivedBytes / (seconds + late) / 1e6:F0} MB/s | |");
        report.Add($"| processor time of the API server per 1,000 deliveries | {cpu * 1000 / calls.Total * 1000:F2} ms | |");
        _chart.Add(
            $"{_options.Watchers} watches, events/s each",
            new Bar("written", rate, $"{rate:F0}"), new Bar("API server", min / (seconds + late), $"{min / (seconds + late):F0}"));
    }

    private async Task<(WatchCalls Calls, double Seconds, double LateSeconds, double CpuSeconds)> WatchOnceAsync(
        string stored, int batches, int batchSize, CancellationToken cancellationToken)
    {
        var list = System.Text.Json.JsonDocument.Parse(await _api.GetAsync($"/api/v1/namespaces/{PodMaker.NamespaceOf(2)}/configmaps", cancellationToken).ConfigureAwait(false));
        var version = list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        var path = $"/api/v1/namespaces/{PodMaker.NamespaceOf(2)}/configmaps?watch=true&timeoutSeconds=300&resourceVersion={version}";
        var calls = new WatchCalls(path, _options.Watchers, batches, batchSize);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = LoadRun.RunAsync("watch", calls, [_api.Url], WatchConnections, _options.Watchers, _tls, stop.Token);
        while (await MetricAsync("apiserver_longrunning_requests", "resource=\"configmaps\"", cancellationToken).ConfigureAwait(false) < _options.Watchers)
        {
            await Task.Delay(50, cancellationToken).ConfigureAwait(false);
        }

        var cpu = _api.CpuSeconds;
        var watch = Stopwatch.StartNew();
        for (var batch = 0; batch < batches; batch++)
        {
            var due = TimeSpan.FromSeconds((double)batch / BatchesPerSecond) - watch.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellationToken).ConfigureAwait(false);
            }

            var txn = new TxnRequest();
            for (var i = 0; i < batchSize; i++)
            {
                var name = $"watched-{i:D3}";
                txn.Success.Add(new RequestOp
                {
                    RequestPut = new PutRequest
                    {
                        Key = ByteString.CopyFromUtf8($"/registry/configmaps/{PodMaker.NamespaceOf(2)}/{name}"),
                        Value = ByteString.CopyFromUtf8(stored.Replace("watched-000", name, StringComparison.Ordinal).Replace("00000000", $"{batch:D8}", StringComparison.Ordinal)),
                    },
                });
            }

            calls.Sending(batch);
            await _store.Kv(0).TxnAsync(txn, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        await Task.WhenAny(calls.Delivered, watching, Task.Delay(TimeSpan.FromSeconds(60), cancellationToken)).ConfigureAwait(false);
        var late = watch.Elapsed.TotalSeconds - seconds;
        cpu = _api.CpuSeconds - cpu;
        await stop.CancelAsync().ConfigureAwait(false);
        await ((Task)watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (calls, seconds, late, cpu);
    }

    /// <summary>A config map as the store holds it.</summary>
    private async Task<string> ConfigMapAsync(CancellationToken cancellationToken)
    {
        var ns = PodMaker.NamespaceOf(2);
        await PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"watched-000"},"data":{"count":"00000000"}}""", cancellationToken).ConfigureAwait(false);
        var stored = await _store.Kv(0).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8($"/registry/configmaps/{ns}/watched-000") }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return stored.Kvs[0].Value.ToStringUtf8();
    }
}
