using System.Diagnostics.Metrics;

namespace Kube.ApiServer.Storage;

/// <summary>
/// Measures how long the store takes, under Kubernetes' names. Disposing ends the measuring alone; the storage below
/// stays its owner's. Thread-safe.
/// </summary>
/// <param name="inner">Where everything goes.</param>
/// <param name="resourceOf">The resource (deployments.apps) of the first part of a key below /registry.</param>
/// <param name="scope">The server whose metrics these are; null for the process.</param>
internal sealed class MeteredStorage(IObjectStorage inner, Func<string, string> resourceOf, TimeProvider time, object? scope) : IObjectStorage
{
    private const string Root = "/registry/";
    private static readonly double[] Buckets =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private readonly Instruments _instruments = new(scope);

    public Task<StorageRead> GetAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("get", key, inner.GetAsync(key, cancellationToken));

    public Task<StorageList> ListAsync(StorageListRequest request, CancellationToken cancellationToken) =>
        MeasureAsync("list", request.Prefix, inner.ListAsync(request, cancellationToken));

    public Task<long> CurrentRevisionAsync(CancellationToken cancellationToken) =>
        MeasureAsync("getCurrentResourceVersion", Root, inner.CurrentRevisionAsync(cancellationToken));

    public Task<WriteOutcome> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        MeasureAsync("create", key, inner.CreateAsync(key, value, timeToLive, cancellationToken));

    public Task<WriteOutcome> UpdateAsync(
        string key, ReadOnlyMemory<byte> value, long expectedRevision, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        MeasureAsync("update", key, inner.UpdateAsync(key, value, expectedRevision, timeToLive, cancellationToken));

    public Task<WriteOutcome> DeleteAsync(string key, long expectedRevision, CancellationToken cancellationToken) =>
        MeasureAsync("delete", key, inner.DeleteAsync(key, expectedRevision, cancellationToken));

    public IAsyncEnumerable<StorageEventBatch> WatchAsync(string prefix, long fromRevision, bool withPrevious, CancellationToken cancellationToken) =>
        inner.WatchAsync(prefix, fromRevision, withPrevious, cancellationToken);

    public Task RequestProgressAsync(CancellationToken cancellationToken) => inner.RequestProgressAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _instruments.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<T> MeasureAsync<T>(string operation, string key, Task<T> work)
    {
        var started = time.GetTimestamp();
        var failed = true;
        try
        {
            var result = await work.ConfigureAwait(false);
            failed = false;
            return result;
        }
        finally
        {
            var type = TypeOf(key);
            _instruments.Requests.Add(1, new("operation", operation), new("type", type));
            _instruments.Durations.Record(time.GetElapsedTime(started).TotalSeconds, new("operation", operation), new("type", type));
            if (failed)
            {
                _instruments.Errors.Add(1, new("operation", operation), new("type", type));
            }
        }
    }

    private string TypeOf(string key)
    {
        if (!key.StartsWith(Root, StringComparison.Ordinal))
        {
            return "";
        }

        var end = key.IndexOf('/', Root.Length);
        return resourceOf(end < 0 ? key[Root.Length..] : key[Root.Length..end]);
    }

    private sealed class Instruments : IDisposable
    {
        private readonly Meter _meter;

        public Instruments(object? scope)
        {
            _meter = new Meter(new MeterOptions("Kube.ApiServer.Storage") { Scope = scope });
            Durations = _meter.CreateHistogram(
                "etcd_request_duration_seconds", "s", "Etcd request latency in seconds for each operation and object type.", null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
            Requests = _meter.CreateCounter<long>("etcd_requests_total", description: "Etcd request counts for each operation and object type.");
            Errors = _meter.CreateCounter<long>("etcd_request_errors_total", description: "Etcd failed request counts for each operation and object type.");
        }

        public Histogram<double> Durations { get; }

        public Counter<long> Requests { get; }

        public Counter<long> Errors { get; }

        public void Dispose() => _meter.Dispose();
    }
}
