using System.Diagnostics;
using System.Diagnostics.Metrics;
using Kube.Scheduler.Cache;
using Kube.Scheduler.Queue;

namespace Kube.Scheduler.Cycle;

/// <summary>The scheduler's metrics, with kube-scheduler's names, labels and buckets.</summary>
internal sealed class SchedulerMetrics : IDisposable
{
    private readonly Meter _meter = new("Kube.Scheduler");
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptSeconds;
    private readonly Histogram<double> _algorithmSeconds;
    private readonly Histogram<double> _podSeconds;
    private readonly Histogram<double> _podAttempts;
    private readonly Histogram<double> _permitSeconds;
    private readonly Counter<long> _preemptions;
    private readonly Histogram<double> _victims;

    public SchedulerMetrics(SchedulingQueue queue, SchedulerCache cache)
    {
        _attempts = _meter.CreateCounter<long>(
            "scheduler_schedule_attempts_total",
            description: "Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, while 'error' means an internal scheduler problem.");
        _attemptSeconds = Histogram(
            "scheduler_scheduling_attempt_duration_seconds", "Scheduling attempt latency in seconds (scheduling algorithm + binding)", Powers(0.001, 15));
        _algorithmSeconds = Histogram("scheduler_scheduling_algorithm_duration_seconds", "Scheduling algorithm latency in seconds", Powers(0.001, 15));
        _podSeconds = Histogram(
            "scheduler_pod_scheduling_sli_duration_seconds",
            "E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might involve multiple scheduling attempts.",
            Powers(0.01, 20));
        _podAttempts = Histogram("scheduler_pod_scheduling_attempts", "Number of attempts to successfully schedule a pod.", Powers(1, 5));
        _permitSeconds = Histogram("scheduler_permit_wait_duration_seconds", "Duration of waiting on permit.", Powers(0.001, 15));
        _preemptions = _meter.CreateCounter<long>("scheduler_preemption_attempts_total", description: "Total preemption attempts in the cluster till now");
        _victims = Histogram("scheduler_preemption_victims", "Number of selected preemption victims", Powers(1, 7));
        _meter.CreateObservableGauge("scheduler_pending_pods", () => Pending(queue), description: "Number of pending pods, by the queue type.");
        _meter.CreateObservableCounter(
            "scheduler_queue_incoming_pods_total", () => Incoming(queue), description: "Number of pods added to scheduling queues by event and queue type.");
        _meter.CreateObservableGauge(
            "scheduler_unschedulable_pods", () => Unschedulable(queue), description: "The number of unschedulable pods broken down by plugin name.");
        _meter.CreateObservableGauge(
            "scheduler_scheduler_cache_size", () => CacheSize(cache), description: "Number of nodes, pods, and assumed (bound) pods in the scheduler cache.");
    }

    public void Attempt(string result, string profile, TimeSpan took)
    {
        var tags = new TagList { { "profile", profile }, { "result", result } };
        _attempts.Add(1, tags);
        _attemptSeconds.Record(took.TotalSeconds, tags);
    }

    /// <summary>A pod has been bound.</summary>
    /// <param name="profile">The scheduler's name.</param>
    /// <param name="took">The last attempt.</param>
    /// <param name="waited">Since the pod entered the queue first.</param>
    /// <param name="attempts">How many times it was tried.</param>
    public void Scheduled(string profile, TimeSpan took, TimeSpan waited, int attempts)
    {
        Attempt("scheduled", profile, took);
        _podAttempts.Record(attempts);
        if (_podSeconds.Enabled)
        {
            _podSeconds.Record(waited.TotalSeconds, new TagList { { "attempts", attempts > 15 ? "16+" : attempts.ToString(System.Globalization.CultureInfo.InvariantCulture) } });
        }
    }

    public void Preemption(int victims)
    {
        _preemptions.Add(1);
        _victims.Record(victims);
    }

    public void Algorithm(TimeSpan took) => _algorithmSeconds.Record(took.TotalSeconds);

    public void Permit(string result, TimeSpan took) => _permitSeconds.Record(took.TotalSeconds, new TagList { { "result", result } });

    public void Dispose() => _meter.Dispose();

    private static double[] Powers(double first, int count) => [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))];

    private static IEnumerable<Measurement<long>> Pending(SchedulingQueue queue)
    {
        var counts = queue.Counts;
        return [By("queue", "active", counts.Active), By("queue", "backoff", counts.Backoff), By("queue", "unschedulable", counts.Unschedulable), By("queue", "gated", counts.Gated)];
    }

    private static IEnumerable<Measurement<long>> Incoming(SchedulingQueue queue) =>
        queue.Incoming.Select(entry => new Measurement<long>(entry.Count, new("event", entry.Event), new("queue", entry.Queue)));

    private static IEnumerable<Measurement<long>> Unschedulable(SchedulingQueue queue) =>
        queue.UnschedulableByPlugin.Select(entry => new Measurement<long>(entry.Count, new("plugin", entry.Plugin), new("profile", entry.Profile)));

    private static IEnumerable<Measurement<long>> CacheSize(SchedulerCache cache)
    {
        var (nodes, pods, assumed) = cache.Size;
        return [By("type", "nodes", nodes), By("type", "pods", pods), By("type", "assumed_pods", assumed)];
    }

    private static Measurement<long> By(string label, string value, int count) => new(count, new KeyValuePair<string, object?>(label, value));

    private Histogram<double> Histogram(string name, string description, double[] buckets) => _meter.CreateHistogram(
        name, null, description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}
