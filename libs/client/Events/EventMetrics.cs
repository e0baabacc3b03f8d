using System.Diagnostics.Metrics;

namespace Kube.Client.Events;

internal static class EventMetrics
{
    private static readonly Meter _meter = new(ClientMetrics.MeterName);

    public static readonly Counter<long> Dropped = _meter.CreateCounter<long>("events_dropped_total", null, "Events that were not written");
}
