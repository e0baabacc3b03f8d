using System.Diagnostics;
using System.Text.Json;
using Kube.Load.Http2;
using Kube.Load.Report;

namespace Kube.Load.Api;

internal sealed partial class ApiBench
{
    private const int PageSize = 500;

    /// <summary>Lists of growing size: whole, a tenth by label, a tenth by namespace, and in pages.</summary>
    private async Task ListsAsync(BenchReport report, CancellationToken cancellationToken)
    {
        report.Add($"| pods in all | whole, ms | MB/s | a tenth by label, ms | a tenth by namespace, ms | whole in pages of {PageSize}, ms |");
        report.Add($"|---|---|---|---|---|---|");
        var maker = new PodMaker(_store, _template);
        await maker.ClearAsync(cancellationToken).ConfigureAwait(false);
        var from = 0;
        foreach (var size in _options.Sizes)
        {
            await maker.FillAsync(from, size, cancellationToken).ConfigureAwait(false);
            from = size;
            var lists = Math.Clamp(1_000_000 / size, 8, 200);
            async Task<(double Ms, double MegabytesPerSecond)> MeasureAsync(string path)
            {
                var results = new List<(LoadResult Result, long Bytes)>();
                for (var round = 0; round <= _options.Rounds; round++)
                {
                    var calls = new RestCalls(lists, _ => new RestCall("GET", path));
                    results.Add((await LoadAsync(path, calls, _api.Url, 2, 2, cancellationToken).ConfigureAwait(false), calls.ReceivedBytes));
                }

                var (result, bytes) = results[1..].OrderBy(r => r.Result.PerSecond).ElementAt((results.Count - 1) / 2);
                return (result.P50Ms, bytes / result.Seconds / 1e6);
            }

            var whole = await MeasureAsync("/api/v1/pods").ConfigureAwait(false);
            var byLabel = await MeasureAsync("/api/v1/pods?labelSelector=shard%3D3").ConfigureAwait(false);
            var byNamespace = await MeasureAsync("/api/v1/namespaces/bench-3/pods").ConfigureAwait(false);
            var paged = await PagesAsync(cancellationToken).ConfigureAwait(false);
            report.Add($"| {size:N0} | {whole.Ms:F1} | {whole.MegabytesPerSecond:F0} | {byLabel.Ms:F2} | {byNamespace.Ms:F2} | {paged:F0} |");
        }
    }

    /// <summary>Milliseconds to read all pods, one page after the other, with one client.</summary>
    private async Task<double> PagesAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var token = "";
        do
        {
            var page = await _api.GetAsync($"/api/v1/pods?limit={PageSize}&continue={Uri.EscapeDataString(token)}", cancellationToken).ConfigureAwait(false);
            token = ContinueOf(page);
        }
        while (token.Length > 0);
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>metadata.continue, which stands before the items.</summary>
    private static string ContinueOf(byte[] list)
    {
        var reader = new Utf8JsonReader(list);
        while (reader.Read() && !(reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("items"u8)))
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("continue"u8))
            {
                reader.Read();
                return reader.GetString()!;
            }
        }

        return "";
    }

    /// <summary>The server is ended and started again over what the store holds.</summary>
    private async Task StartUpAsync(BenchReport report, TimeSpan empty, double emptyBytes, CancellationToken cancellationToken)
    {
        var size = _options.Sizes[^1];
        if (!_options.Parts.Contains("lists"))
        {
            var maker = new PodMaker(_store, _template);
            await maker.ClearAsync(cancellationToken).ConfigureAwait(false);
            await maker.FillAsync(0, size, cancellationToken).ConfigureAwait(false);
        }

        _api.Dispose();
        StartApiServer();
        var full = await _api.ReadyAsync("/readyz", cancellationToken).ConfigureAwait(false);
        await _api.GetAsync("/api/v1/pods?limit=1", cancellationToken).ConfigureAwait(false);
        var (first, second) = (empty.TotalSeconds, full.TotalSeconds);
        var perPod = (_api.ResidentBytes - emptyBytes) / size;
        report.Add($"| what | measured |");
        report.Add($"|---|---|");
        report.Add($"| start to /readyz, store empty | {first:F2} s |");
        report.Add($"| start to /readyz, {size:N0} pods of {_template.Length} bytes | {second:F2} s |");
        report.Add($"| resident, store empty | {emptyBytes / 1e6:F0} MB |");
        report.Add($"| resident, {size:N0} pods, just started | {_api.ResidentBytes / 1e6:F0} MB: {perPod:F0} bytes a pod |");
        report.Add($"| managed heap then | {await MetricAsync("dotnet_gc_heap_bytes", cancellationToken).ConfigureAwait(false) / 1e6:F0} MB |");
    }
}
