namespace Kube.Client.Queues;

/// <summary>
/// What controllers use unless they say otherwise: the longer of an exponential wait per item (5 ms to 1000 s) and a
/// bucket for all items together (10 a second, 100 at once), as in client-go.
/// </summary>
public sealed class ControllerRateLimiter<T> : IRateLimiter<T>
    where T : notnull
{
    private readonly ExponentialRateLimiter<T> _perItem;
    private readonly TokenBucket _overall;

    public ControllerRateLimiter(TimeProvider time)
        : this(new ExponentialRateLimiter<T>(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000)), new TokenBucket(10, 100, time))
    {
    }

    public ControllerRateLimiter(ExponentialRateLimiter<T> perItem, TokenBucket overall)
    {
        _perItem = perItem;
        _overall = overall;
    }

    /// <inheritdoc/>
    public TimeSpan When(T item)
    {
        var perItem = _perItem.When(item);
        var overall = _overall.Reserve();
        return perItem > overall ? perItem : overall;
    }

    /// <inheritdoc/>
    public void Forget(T item) => _perItem.Forget(item);

    /// <inheritdoc/>
    public int Requeues(T item) => _perItem.Requeues(item);
}
