using System.Diagnostics.Metrics;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Endpoints;

/// <summary>The API server's metrics, under Kubernetes' names. Thread-safe.</summary>
public sealed class ApiMetrics : IDisposable
{
    private static readonly double[] Buckets =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private readonly Meter _meter = new("Kube.ApiServer");
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly UpDownCounter<long> _longRunning;
    private readonly Counter<long> _rejected;

    public ApiMetrics(Func<int> readsInFlight, Func<int> writesInFlight)
    {
        _requests = _meter.CreateCounter<long>("apiserver_request_total", description: "Requests by verb, resource and response code.");
        _durations = _meter.CreateHistogram(
            "apiserver_request_duration_seconds", "s", "Time from request to response, by verb and resource.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        _longRunning = _meter.CreateUpDownCounter<long>("apiserver_longrunning_requests", description: "Watches, logs and other requests that stay open.");
        _rejected = _meter.CreateCounter<long>("apiserver_dropped_requests_total", description: "Requests told to come back later.");
        _meter.CreateObservableGauge(
            "apiserver_current_inflight_requests",
            () => new Measurement<int>[]
            {
                new(readsInFlight(), new KeyValuePair<string, object?>("request_kind", "readOnly")),
                new(writesInFlight(), new KeyValuePair<string, object?>("request_kind", "mutating")),
            },
            description: "Requests being worked on now.");
    }

    public void Completed(RequestInfo request, int code, double seconds)
    {
        var verb = request.Verb.ToUpperInvariant();
        _requests.Add(1, new("verb", verb), new("group", request.Group), new("resource", request.Resource), new("code", code));
        if (!request.IsLongRunning)
        {
            _durations.Record(seconds, new("verb", verb), new("group", request.Group), new("resource", request.Resource));
        }
    }

    public void LongRunning(RequestInfo request, int change) =>
        _longRunning.Add(change, new("verb", request.Verb.ToUpperInvariant()), new("resource", request.Resource));

    public void Rejected(bool read) => _rejected.Add(1, new KeyValuePair<string, object?>("request_kind", read ? "readOnly" : "mutating"));

    public void Dispose() => _meter.Dispose();
}
