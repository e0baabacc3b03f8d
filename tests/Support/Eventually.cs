using System.Diagnostics;

namespace Kube.Testing;

/// <summary>Awaits conditions that other threads or processes bring about, with a bound.</summary>
public static class Eventually
{
    /// <summary>The bound unless a test gives its own. Generous: it costs time only when a test fails.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Completes once the condition holds. Asking takes a quarter of the time, unless it is slow: a condition that costs a process
    /// is asked seldom enough to leave the processors to what is awaited.
    /// </summary>
    /// <exception cref="TimeoutException">It did not hold within the bound; the message says what was awaited.</exception>
    public static Task HoldsAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, limit);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        var asked = TimeSpan.Zero;
        while (!await condition().ConfigureAwait(false))
        {
            if (watch.Elapsed > (limit ?? DefaultLimit))
            {
                throw new TimeoutException($"not within {(limit ?? DefaultLimit).TotalSeconds:0} s: {what}");
            }

            var pause = (watch.Elapsed - asked) * 3;
            pause = pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
            await Task.Delay(pause).ConfigureAwait(false);
            asked = watch.Elapsed;
        }
    }
}
