namespace Kube.ApiServer.FlowControl;

/// <summary>
/// Bounds how many requests are worked on at once, reads and writes apart; what is over the bound is told to come
/// back, not queued. Long-running requests are not counted. Thread-safe.
/// </summary>
/// <param name="maxReads">Bound of get and list; 0 for none.</param>
/// <param name="maxWrites">Bound of everything else; 0 for none.</param>
public sealed class InFlightLimiter(int maxReads, int maxWrites)
{
    /// <summary>What a refused client waits before it tries again.</summary>
    public const int RetryAfterSeconds = 1;

    private int _reads;
    private int _writes;

    public int Reads => Volatile.Read(ref _reads);

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>True when the request may go on; <see cref="Leave"/> must follow it.</summary>
    public bool TryEnter(bool read)
    {
        ref var count = ref read ? ref _reads : ref _writes;
        var limit = read ? maxReads : maxWrites;
        if (Interlocked.Increment(ref count) <= limit || limit == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }

    public void Leave(bool read)
    {
        if (read)
        {
            Interlocked.Decrement(ref _reads);
        }
        else
        {
            Interlocked.Decrement(ref _writes);
        }
    }
}
