namespace Kube.ApiServer.FlowControl;

/// <summary>
/// How many seats a level has asked for, executing or waiting, over time; the basis of what levels borrow of each other
/// (KEP-1040). Time is handed in. Not thread-safe.
/// </summary>
internal sealed class SeatDemand
{
    /// <summary>How slowly the smoothed demand falls, per adjustment.</summary>
    private const double Smoothing = 0.977;

    private TimeSpan _from;
    private TimeSpan _at;
    private double _seats;
    private double _sum;
    private double _squares;
    private double _max;

    /// <summary>The most seats asked for at a time in the last period.</summary>
    public double HighWatermark { get; private set; }

    public double Average { get; private set; }

    public double Deviation { get; private set; }

    /// <summary>Average and deviation, which rise at once and fall slowly.</summary>
    public double Smoothed { get; private set; }

    /// <summary>From now on so many seats are asked for.</summary>
    public void Set(int seats, TimeSpan now)
    {
        Integrate(now);
        _seats = seats;
        _max = Math.Max(_max, seats);
    }

    /// <summary>Ends a period: takes its figures, and begins the next.</summary>
    public void EndPeriod(TimeSpan now)
    {
        Integrate(now);
        HighWatermark = _max;
        var seconds = (now - _from).TotalSeconds;
        if (seconds > 0)
        {
            Average = _sum / seconds;
            Deviation = Math.Sqrt(Math.Max(0, (_squares / seconds) - (Average * Average)));
            var envelope = Average + Deviation;
            Smoothed = Math.Max(envelope, (Smoothing * Smoothed) + ((1 - Smoothing) * envelope));
        }

        (_from, _sum, _squares, _max) = (now, 0, 0, _seats);
    }

    private void Integrate(TimeSpan now)
    {
        var seconds = (now - _at).TotalSeconds;
        _sum += _seats * seconds;
        _squares += _seats * _seats * seconds;
        _at = now;
    }
}
