using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Kube.Hosting.Metrics;

/// <summary>
/// Listens to the process's System.Diagnostics.Metrics instruments and holds their current values, for
/// <see cref="PrometheusText"/>. Instruments carry Prometheus names (apiserver_request_total); only meters whose
/// name begins with "Kube." and whose scope is none or this registry's are heard. Safe for use from many threads.
/// </summary>
/// <remarks>
/// Memory is bounded: an instrument holds at most <see cref="MaxSeries"/> label sets; what comes beyond is counted
/// in <see cref="DroppedMeasurements"/>.
/// </remarks>
public sealed class MetricsRegistry : IDisposable
{
    /// <summary>The most label sets that one instrument may have.</summary>
    public const int MaxSeries = 5000;

    private static readonly double[] DefaultBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<string, InstrumentState> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener;
    private readonly object? _scope;
    private long _dropped;

    /// <param name="scope">Whose meters are heard beside those of the whole process: two components of a kind in one process have instruments of
    /// the same names.</param>
    public MetricsRegistry(object? scope = null)
    {
        _scope = scope;
        _listener = new MeterListener { InstrumentPublished = Publish };
        _listener.SetMeasurementEventCallback<byte>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<float>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, state) => Record(i, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((i, value, tags, state) => Record(i, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Measurements lost because their instrument had too many label sets already.</summary>
    public long DroppedMeasurements => Interlocked.Read(ref _dropped);

    /// <summary>Asks the observable instruments for their values, then returns all instruments by name.</summary>
    internal IReadOnlyList<InstrumentState> Collect()
    {
        _listener.RecordObservableInstruments();
        return [.. _instruments.Values.OrderBy(state => state.Name, StringComparer.Ordinal)];
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        var meter = instrument.Meter;
        if (meter.Name.StartsWith("Kube.", StringComparison.Ordinal) && (meter.Scope is null || ReferenceEquals(meter.Scope, _scope)))
        {
            var state = _instruments.GetOrAdd(instrument.Name, static (name, i) => InstrumentState.For(name, i, DefaultBounds), instrument);
            listener.EnableMeasurementEvents(instrument, state);
        }
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (!((InstrumentState)state!).Record(value, tags))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public void Dispose() => _listener.Dispose();
}
