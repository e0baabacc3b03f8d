using System.Diagnostics.Metrics;

namespace Kube.ApiServer.FlowControl;

/// <summary>What priority and fairness does, under Kubernetes' names. Thread-safe.</summary>
internal sealed class FlowMetrics : IDisposable
{
    private const string Prefix = "apiserver_flowcontrol_";
    private static readonly double[] Buckets = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    private readonly Meter _meter;
    private readonly Counter<long> _dispatched;
    private readonly Counter<long> _rejected;
    private readonly UpDownCounter<long> _inQueue;
    private readonly UpDownCounter<long> _executing;
    private readonly UpDownCounter<long> _executingSeats;
    private readonly Histogram<double> _waits;
    private readonly Histogram<double> _executions;

    /// <param name="levels">The levels of the moment.</param>
    /// <param name="scope">The server whose metrics these are; null for the process.</param>
    public FlowMetrics(Func<IEnumerable<PriorityLevel>> levels, object? scope)
    {
        _meter = new Meter(new MeterOptions("Kube.ApiServer.FlowControl") { Scope = scope });
        _dispatched = _meter.CreateCounter<long>(Prefix + "dispatched_requests_total", description: "Number of requests executed by API Priority and Fairness subsystem");
        _rejected = _meter.CreateCounter<long>(Prefix + "rejected_requests_total", description: "Number of requests rejected by API Priority and Fairness subsystem");
        _inQueue = _meter.CreateUpDownCounter<long>(Prefix + "current_inqueue_requests", description: "Number of requests currently pending in queues of the API Priority and Fairness subsystem");
        _executing = _meter.CreateUpDownCounter<long>(Prefix + "current_executing_requests", description: "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem");
        _executingSeats = _meter.CreateUpDownCounter<long>(Prefix + "current_executing_seats", description: "Concurrency (number of seats) occupied by the currently executing requests in the API Priority and Fairness subsystem");
        _waits = Histogram("request_wait_duration_seconds", "Length of time a request spent waiting in its queue");
        _executions = Histogram("request_execution_duration_seconds", "Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem");
        Observe("nominal_limit_seats", "Nominal number of execution seats configured for each priority level", level => level.Bounds.Nominal);
        Observe("lower_limit_seats", "Configured lower bound on number of execution seats available to each priority level", level => level.Bounds.Lower);
        Observe("upper_limit_seats", "Configured upper bound on number of execution seats available to each priority level", level => level.Bounds.Upper);
        Observe("current_limit_seats", "current derived number of execution seats available to each priority level", level => level.Limit);
        Observe("demand_seats_high_watermark", "High watermark, over last adjustment period, of demand_seats", level => level.Demand.HighWatermark);
        Observe("demand_seats_average", "Time-weighted average, over last adjustment period, of demand_seats", level => level.Demand.Average);
        Observe("demand_seats_stdev", "Time-weighted standard deviation, over last adjustment period, of demand_seats", level => level.Demand.Deviation);
        Observe("demand_seats_smoothed", "Smoothed seat demands", level => level.Demand.Smoothed);

        void Observe(string name, string description, Func<PriorityLevel, double> value) => _meter.CreateObservableGauge(
            Prefix + name,
            () => levels().Select(level => new Measurement<double>(value(level), new KeyValuePair<string, object?>("priority_level", level.Name))),
            description: description);
    }

    public void Queued(string schema, string level, int change) => _inQueue.Add(change, new("flow_schema", schema), new("priority_level", level));

    public void Waited(string schema, string level, bool executed, double seconds) => _waits.Record(
        seconds, new("execute", executed ? "true" : "false"), new("flow_schema", schema), new("priority_level", level));

    public void Rejected(string schema, string level, string reason) =>
        _rejected.Add(1, new("flow_schema", schema), new("priority_level", level), new("reason", reason));

    public void Began(string schema, string level, int seats)
    {
        _dispatched.Add(1, new("flow_schema", schema), new("priority_level", level));
        _executing.Add(1, new("flow_schema", schema), new("priority_level", level));
        _executingSeats.Add(seats, new("flow_schema", schema), new("priority_level", level));
    }

    public void Ended(string schema, string level, int seats, bool isWatch, double seconds)
    {
        _executing.Add(-1, new("flow_schema", schema), new("priority_level", level));
        _executingSeats.Add(-seats, new("flow_schema", schema), new("priority_level", level));
        _executions.Record(seconds, new("flow_schema", schema), new("priority_level", level), new("type", isWatch ? "watch" : "regular"));
    }

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Histogram(string name, string description) =>
        _meter.CreateHistogram(Prefix + name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
}
