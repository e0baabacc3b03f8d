using System.Diagnostics.Metrics;

namespace Kube.Scheduler.Cycle;

/// <summary>The scheduler's metrics, with kube-scheduler's names.</summary>
internal sealed class SchedulerMetrics : IDisposable
{
    private readonly Meter _meter = new("Kube.Scheduler");
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptSeconds;
    private readonly Histogram<double> _algorithmSeconds;
    private readonly Counter<long> _preemptions;
    private readonly Histogram<int> _victims;

    public SchedulerMetrics(Queue.SchedulingQueue queue)
    {
        _attempts = _meter.CreateCounter<long>(
            "scheduler_schedule_attempts_total", description: "Number of attempts to schedule pods, by the result.");
        _attemptSeconds = _meter.CreateHistogram<double>(
            "scheduler_scheduling_attempt_duration_seconds", description: "Scheduling attempt latency in seconds (scheduling algorithm + binding).");
        _algorithmSeconds = _meter.CreateHistogram<double>(
            "scheduler_scheduling_algorithm_duration_seconds", description: "Scheduling algorithm latency in seconds.");
        _preemptions = _meter.CreateCounter<long>(
            "scheduler_preemption_attempts_total", description: "Total preemption attempts in the cluster till now.");
        _victims = _meter.CreateHistogram<int>("scheduler_preemption_victims", description: "Number of selected preemption victims.");
        _meter.CreateObservableGauge(
            "scheduler_pending_pods",
            () =>
            {
                var counts = queue.Counts;
                return new[] { Pending("active", counts.Active), Pending("backoff", counts.Backoff), Pending("unschedulable", counts.Unschedulable), Pending("gated", counts.Gated) };
            },
            description: "Number of pending pods, by the queue type.");
    }

    public void Attempt(string result, string profile, TimeSpan took)
    {
        var tags = new[] { new KeyValuePair<string, object?>("profile", profile), new KeyValuePair<string, object?>("result", result) };
        _attempts.Add(1, tags);
        _attemptSeconds.Record(took.TotalSeconds, tags);
    }

    public void Preemption(int victims)
    {
        _preemptions.Add(1);
        _victims.Record(victims);
    }

    public void Algorithm(TimeSpan took) => _algorithmSeconds.Record(took.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Pending(string queue, int count) => new(count, new KeyValuePair<string, object?>("queue", queue));
}
