using System.Diagnostics.Metrics;

namespace Kube.Client.Informers;

/// <summary>What informers count, by resource.</summary>
internal static class InformerMetrics
{
    private static readonly Meter _meter = new(ClientMetrics.MeterName);

    public static readonly Counter<long> Lists = _meter.CreateCounter<long>("reflector_lists_total", null, "Total number of API lists done by the informers");

    public static readonly Counter<long> Watches = _meter.CreateCounter<long>("reflector_watches_total", null, "Total number of API watches done by the informers");

    public static readonly Counter<long> WatchFailures = _meter.CreateCounter<long>("reflector_watch_failures_total", null, "Lists and watches that ended with an error");

    public static readonly Counter<long> HandlerFailures = _meter.CreateCounter<long>("informer_handler_failures_total", null, "Handler calls that threw");
}
