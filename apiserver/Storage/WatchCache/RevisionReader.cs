namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// Reads the store's revision for many callers at once: those who come while a read is under way share the next one,
/// since the one under way may have been answered before they came. Thread-safe.
/// </summary>
internal sealed class RevisionReader(IObjectStorage storage)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<long>? _current;
    private Task<long>? _next;

    /// <summary>A revision at least that of every write acknowledged before the call.</summary>
    public Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        Task<long> read;
        lock (_lock)
        {
            if (_current is null or { IsCompleted: true } && _next is null)
            {
                _current = ReadOnceAsync();
                read = _current;
            }
            else
            {
                read = _next ??= ReadAfterAsync(_current!);
            }
        }

        return read.WaitAsync(cancellationToken);
    }

    private async Task<long> ReadOnceAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        return await storage.CurrentRevisionAsync(bound.Token).ConfigureAwait(false);
    }

    private async Task<long> ReadAfterAsync(Task<long> earlier)
    {
        await ((Task)earlier).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<long> read;
        lock (_lock)
        {
            // From here on callers wait for the one after: this one is about to be sent.
            _next = null;
            read = _current = ReadOnceAsync();
        }

        return await read.ConfigureAwait(false);
    }
}
