using System.Diagnostics.Metrics;
using Kube.Hosting.Metrics;

namespace Kube.Hosting.Tests;

public class PrometheusTextTests
{
    [Fact]
    public void A_counter_adds_up_by_label_set()
    {
        using var registry = new MetricsRegistry();
        using var meter = new Meter("Kube.Test.Counter");
        var counter = meter.CreateCounter<long>("test_requests_total", description: "Requests.");
        counter.Add(1, new KeyValuePair<string, object?>("code", 200));
        counter.Add(2, new KeyValuePair<string, object?>("code", "200"));
        counter.Add(5, new KeyValuePair<string, object?>("code", "say \"x\"\n"));

        var text = PrometheusText.Write(registry);

        Assert.Contains("# HELP test_requests_total Requests.\n# TYPE test_requests_total counter\n", text);
        Assert.Contains("test_requests_total{code=\"200\"} 3\n", text);
        Assert.Contains("test_requests_total{code=\"say \\\"x\\\"\\n\"} 5\n", text);
    }

    [Fact]
    public void A_histogram_is_cumulative_and_takes_advised_bounds()
    {
        using var registry = new MetricsRegistry();
        using var meter = new Meter("Kube.Test.Histogram");
        var histogram = meter.CreateHistogram<double>(
            "test_seconds", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in new[] { 0.5, 1, 1.5, 7 })
        {
            histogram.Record(value);
        }

        var text = PrometheusText.Write(registry);

        Assert.Contains(
            "test_seconds_bucket{le=\"1\"} 2\ntest_seconds_bucket{le=\"2\"} 3\ntest_seconds_bucket{le=\"+Inf\"} 4\ntest_seconds_sum 10\ntest_seconds_count 4\n",
            text);
    }

    [Fact]
    public void A_gauge_is_asked_for_its_value_at_each_write()
    {
        using var registry = new MetricsRegistry();
        using var meter = new Meter("Kube.Test.Gauge");
        var value = 1;
        meter.CreateObservableGauge("test_depth", () => value);
        Assert.Contains("test_depth 1\n", PrometheusText.Write(registry));
        value = 2;
        Assert.Contains("test_depth 2\n", PrometheusText.Write(registry));
    }

    [Fact]
    public void Label_sets_beyond_the_limit_are_dropped_and_counted()
    {
        using var registry = new MetricsRegistry();
        using var meter = new Meter("Kube.Test.Limit");
        var counter = meter.CreateCounter<long>("test_limited_total");
        for (var i = 0; i < MetricsRegistry.MaxSeries + 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        Assert.Equal(10, registry.DroppedMeasurements);
    }

    [Fact]
    public void Meters_of_others_are_not_heard()
    {
        using var registry = new MetricsRegistry();
        using var meter = new Meter("Other");
        meter.CreateCounter<long>("test_other_total").Add(1);
        Assert.DoesNotContain("test_other_total", PrometheusText.Write(registry));
    }
}
