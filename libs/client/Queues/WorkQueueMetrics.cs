using System.Diagnostics.Metrics;

namespace Kube.Client.Queues;

/// <summary>The metrics of one queue, under the names that Kubernetes gives them.</summary>
internal sealed class WorkQueueMetrics : IDisposable
{
    private static readonly double[] _buckets = [1e-8, 1e-7, 1e-6, 9.999999999999999e-06, 9.999999999999999e-05, 0.001, 0.01, 0.1, 1, 10];
    private readonly Meter _meter = new(ClientMetrics.MeterName);
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _workDuration;
    private readonly KeyValuePair<string, object?> _name;

    public WorkQueueMetrics(string name, Func<int> depth, Func<double> unfinishedSeconds)
    {
        _name = new("name", name);
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = _buckets };
        _adds = _meter.CreateCounter<long>("workqueue_adds_total", null, "Total number of adds handled by workqueue");
        _retries = _meter.CreateCounter<long>("workqueue_retries_total", null, "Total number of retries handled by workqueue");
        _queueDuration = _meter.CreateHistogram("workqueue_queue_duration_seconds", null, "How long in seconds an item stays in workqueue before being requested.", null, advice);
        _workDuration = _meter.CreateHistogram("workqueue_work_duration_seconds", null, "How long in seconds processing an item from workqueue takes.", null, advice);
        _meter.CreateObservableGauge("workqueue_depth", () => new Measurement<long>(depth(), _name), null, "Current depth of workqueue");
        _meter.CreateObservableGauge("workqueue_unfinished_work_seconds", () => new Measurement<double>(unfinishedSeconds(), _name), null, "How many seconds of work in progress has not been observed by work_duration.");
    }

    public void Added() => _adds.Add(1, _name);

    public void Retried() => _retries.Add(1, _name);

    public void Taken(TimeSpan waited) => _queueDuration.Record(waited.TotalSeconds, _name);

    public void Worked(TimeSpan took) => _workDuration.Record(took.TotalSeconds, _name);

    public void Dispose() => _meter.Dispose();
}
