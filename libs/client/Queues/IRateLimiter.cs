namespace Kube.Client.Queues;

/// <summary>Says how long an item has to wait before its next try. Safe for use by many threads.</summary>
public interface IRateLimiter<in T>
{
    /// <summary>Counts one more failure of <paramref name="item"/> and returns how long to wait.</summary>
    TimeSpan When(T item);

    /// <summary>The item has succeeded or is given up: its failures no longer count.</summary>
    void Forget(T item);

    /// <summary>How many failures are counted against the item.</summary>
    int Requeues(T item);
}
