namespace Kube.Base;

/// <summary>
/// Makes one call for many who want its result at once: everybody gets the result of a call begun after they asked, but who asks while
/// one is under way shares the next, since the one under way may have been answered before they came. At most one call is
/// under way and one waits for it. A call that fails fails for those who share it alone. Thread-safe.
/// </summary>
/// <param name="call">Must end by itself within a bound: nobody who waits can cancel it.</param>
public sealed class SharedCall<T>(Func<Task<T>> call)
{
    private readonly Lock _lock = new();
    private Task<T>? _current;
    private Task<T>? _next;

    /// <summary>The result of a call begun after this one.</summary>
    public Task<T> AskAsync()
    {
        lock (_lock)
        {
            if (_next is not null)
            {
                return _next;
            }

            return _current is { IsCompleted: false } current ? _next = CallAfterAsync(current) : _current = call();
        }
    }

    private async Task<T> CallAfterAsync(Task<T> earlier)
    {
        // How that one went concerns those who asked for it.
        await ((Task)earlier).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<T> mine;
        lock (_lock)
        {
            // From here on callers wait for the one after: this one is about to begin.
            _next = null;
            mine = _current = call();
        }

        return await mine.ConfigureAwait(false);
    }
}
