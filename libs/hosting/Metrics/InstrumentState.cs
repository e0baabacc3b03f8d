using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Kube.Hosting.Metrics;

/// <summary>How an instrument's measurements add up.</summary>
internal enum InstrumentKind
{
    /// <summary>Measurements are increments of a total that only grows.</summary>
    Counter,

    /// <summary>Measurements are changes of a value that goes both ways.</summary>
    UpDownCounter,

    /// <summary>Each measurement is the value; an observed counter's too.</summary>
    Gauge,

    /// <summary>An observed total.</summary>
    ObservedCounter,

    /// <summary>Measurements are counted in buckets.</summary>
    Histogram,
}

/// <summary>One instrument's values by label set.</summary>
internal sealed class InstrumentState
{
    private readonly ConcurrentDictionary<LabelSet, Series> _series = new(LabelSetComparer.Instance);
    private readonly ConcurrentDictionary<LabelSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly double[] _bounds;

    private InstrumentState(string name, string? description, InstrumentKind kind, double[] bounds)
    {
        Name = name;
        Description = description ?? name;
        Kind = kind;
        _bounds = bounds;
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public string Description { get; }

    public InstrumentKind Kind { get; }

    /// <summary>Upper bounds of the histogram's buckets, ascending, without +Inf.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    public IEnumerable<KeyValuePair<LabelSet, Series>> All => _series;

    public static InstrumentState For(string name, Instrument instrument, double[] defaultBounds)
    {
        var definition = instrument.GetType().IsGenericType ? instrument.GetType().GetGenericTypeDefinition() : null;
        var kind = definition == typeof(Counter<>) ? InstrumentKind.Counter
            : definition == typeof(UpDownCounter<>) ? InstrumentKind.UpDownCounter
            : definition == typeof(Histogram<>) ? InstrumentKind.Histogram
            : definition == typeof(ObservableCounter<>) ? InstrumentKind.ObservedCounter
            : InstrumentKind.Gauge;
        var bounds = instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
            Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
            _ => defaultBounds,
        };
        return new InstrumentState(name, instrument.Description, kind, bounds);
    }

    /// <summary>Takes one measurement in. False when it was dropped because there are too many label sets.</summary>
    public bool Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series))
        {
            if (_series.Count >= MetricsRegistry.MaxSeries)
            {
                return false;
            }

            series = _series.GetOrAdd(LabelSet.From(tags), new Series(Kind == InstrumentKind.Histogram ? _bounds.Length + 1 : 0));
        }

        switch (Kind)
        {
            case InstrumentKind.Counter or InstrumentKind.UpDownCounter:
                series.Add(value);
                break;
            case InstrumentKind.Histogram:
                series.Count(value, _bounds);
                break;
            default:
                series.Set(value);
                break;
        }

        return true;
    }
}

/// <summary>The value of one label set; its members may be read while others write.</summary>
internal sealed class Series(int buckets)
{
    private readonly long[] _buckets = new long[buckets];
    private double _value;

    /// <summary>The total or current value; of a histogram, the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Count of measurements at or below each bound and above the one before it; the last is above all bounds.</summary>
    public long Bucket(int index) => Interlocked.Read(ref _buckets[index]);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        double seen;
        do
        {
            seen = Volatile.Read(ref _value);
        }
        while (Interlocked.CompareExchange(ref _value, seen + value, seen) != seen);
    }

    public void Count(double value, double[] bounds)
    {
        var index = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _buckets[index >= 0 ? index : ~index]);
        Add(value);
    }
}
