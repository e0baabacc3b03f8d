namespace Kube.Streams;

/// <summary>Calls back once when nothing has happened for a while. Thread-safe.</summary>
public sealed class IdleWatch : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Action _idle;
    private readonly ITimer _timer;
    private long _last;

    /// <summary>Begins to watch. The callback comes between <paramref name="limit"/> and a quarter more after the last sign of life.</summary>
    public IdleWatch(TimeSpan limit, TimeProvider time, Action idle)
    {
        (_limit, _time, _idle) = (limit, time, idle);
        _last = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((IdleWatch)state!).Look(), this, limit / 4, limit / 4);
    }

    /// <summary>A sign of life.</summary>
    public void Touch() => Volatile.Write(ref _last, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _last)) >= _limit)
        {
            _timer.Dispose();
            _idle();
        }
    }
}
