namespace Kube.ApiServer.FlowControl;

/// <summary>
/// How long a refused client is told to wait: longer while many are refused, shorter again when few are, as TCP paces
/// itself. Time is handed in. Not thread-safe.
/// </summary>
internal sealed class RetryAfter
{
    private const int MaxSeconds = 32;

    private readonly Queue<(long Second, int Count)> _history = [];
    private long _second;
    private int _count;
    private long _raisedAt;

    /// <summary>Seconds to wait.</summary>
    public int Seconds { get; private set; } = 1;

    /// <summary>Notes one refused request.</summary>
    public void Refused(TimeSpan now)
    {
        var second = (long)now.TotalSeconds;
        if (second == _second)
        {
            _count++;
            return;
        }

        _history.Enqueue((_second, _count));
        while (_history.TryPeek(out var oldest) && second - oldest.Second > MaxSeconds)
        {
            _history.Dequeue();
        }

        (_second, _count) = (second, 1);
        Adjust(second);
    }

    private void Adjust(long second)
    {
        var refused = _history.Where(h => second - h.Second <= Seconds).Sum(h => h.Count);
        if (second - _raisedAt >= Seconds && refused >= 3 * Seconds)
        {
            Seconds = Math.Min(Seconds * 2, MaxSeconds);
            _raisedAt = second;
        }
        else if (refused < Seconds && Seconds > 1)
        {
            Seconds--;
        }
    }
}
