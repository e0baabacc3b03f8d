using System.Diagnostics.Metrics;
using System.Globalization;

namespace Kube.Client.Rest;

/// <summary>Requests sent, under client-go's names.</summary>
internal sealed class RequestMetrics : IDisposable
{
    private readonly Meter _meter = new(ClientMetrics.MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly string _host;

    public RequestMetrics(string host)
    {
        _host = host;
        _requests = _meter.CreateCounter<long>("rest_client_requests_total", null, "Number of HTTP requests, partitioned by status code, method, and host.");
        _duration = _meter.CreateHistogram(
            "rest_client_request_duration_seconds",
            null,
            "Request latency in seconds. Broken down by verb, and host.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0] });
    }

    /// <param name="method">HTTP method.</param>
    /// <param name="code">Status code; null when no answer came.</param>
    /// <param name="took">Until the answer, or until its headers for a stream.</param>
    public void Observe(string method, int? code, TimeSpan took)
    {
        _requests.Add(
            1,
            new("code", code?.ToString(CultureInfo.InvariantCulture) ?? "<error>"),
            new("host", _host),
            new("method", method));
        _duration.Record(took.TotalSeconds, new("host", _host), new("verb", method));
    }

    public void Dispose() => _meter.Dispose();
}
