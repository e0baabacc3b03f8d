namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// Looks at the machine's processes for many who want to at once: everybody gets a snapshot that was begun after they asked, but
/// who asks while one is taken shares the next. So the ends of N containers cost a few looks at all processes, not N. Thread-safe.
/// </summary>
internal sealed class SharedSnapshots(Func<ProcessSnapshot> take)
{
    private readonly Lock _gate = new();
    private Task<ProcessSnapshot>? _taken;
    private Task<ProcessSnapshot>? _next;

    /// <summary>A snapshot begun after this call. It is shared: not to be changed.</summary>
    public Task<ProcessSnapshot> TakeAsync()
    {
        lock (_gate)
        {
            if (_next is not null)
            {
                return _next;
            }

            if (_taken is not { IsCompleted: false } taken)
            {
                return _taken = Task.Run(take);
            }

            return _next = Task.Run(() => TakeAfterAsync(taken));
        }
    }

    private async Task<ProcessSnapshot> TakeAfterAsync(Task<ProcessSnapshot> before)
    {
        // How that one went concerns those who asked for it.
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            (_taken, _next) = (_next, null);
        }

        return take();
    }
}
