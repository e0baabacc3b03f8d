namespace Kube.Client.Queues;

/// <summary>
/// A token bucket that lends against the future: <see cref="Reserve"/> always takes a token and says how long to
/// wait until it is due. Safe for use by many threads.
/// </summary>
public sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly double _tokensPerSecond;
    private readonly double _burst;
    private double _tokens;
    private long _updatedAt;

    /// <param name="tokensPerSecond">How fast the bucket fills; above zero.</param>
    /// <param name="burst">How many tokens it holds when full; at least one.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double tokensPerSecond, int burst, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tokensPerSecond, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        _time = time;
        _tokensPerSecond = tokensPerSecond;
        _burst = burst;
        _tokens = burst;
        _updatedAt = time.GetTimestamp();
    }

    /// <summary>Takes a token, which may be one of the future; returns how long until it is due.</summary>
    public TimeSpan Reserve()
    {
        lock (_lock)
        {
            Refill();
            _tokens -= 1;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / _tokensPerSecond);
        }
    }

    /// <summary>Takes a token if one is there now.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            Refill();
            if (_tokens < 1)
            {
                return false;
            }

            _tokens -= 1;
            return true;
        }
    }

    private void Refill()
    {
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(_updatedAt, now).TotalSeconds;
        _updatedAt = now;
        _tokens = Math.Min(_burst, _tokens + (elapsed * _tokensPerSecond));
    }
}
