using System.Diagnostics.Metrics;

namespace Kube.Controllers.Framework;

/// <summary>What every controller counts.</summary>
internal static class ControllerMetrics
{
    /// <summary>The meter of all controllers.</summary>
    public const string MeterName = "Kube.Controllers";

    private static readonly Meter _meter = new(MeterName);

    private static readonly Counter<long> _reconciles = _meter.CreateCounter<long>("controller_reconcile_total", null, "Reconciles by controller and result");

    private static readonly Histogram<double> _duration = _meter.CreateHistogram(
        "controller_reconcile_duration_seconds",
        null,
        "How long reconciles take",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    public static void Observe(string controller, string result, TimeSpan took)
    {
        _reconciles.Add(1, new("controller", controller), new("result", result));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("controller", controller));
    }
}
