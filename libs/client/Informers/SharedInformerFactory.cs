using Kube.Client.Rest;

namespace Kube.Client.Informers;

/// <summary>
/// One informer per type for all who ask, so that a process watches each resource once. Safe for use by many threads.
/// </summary>
public sealed class SharedInformerFactory(KubeClient client) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, Entry> _informers = [];
    private bool _started;

    public KubeClient Client => client;

    /// <summary>
    /// The informer of a type, over all namespaces; made on first use. One asked for after <see cref="Start"/> starts
    /// at once.
    /// </summary>
    /// <param name="options">Used when this call makes the informer.</param>
    public SharedInformer<T> For<T>(SharedInformerOptions<T>? options = null)
        where T : class, IKubeObject
    {
        lock (_lock)
        {
            if (_informers.TryGetValue(typeof(T), out var known))
            {
                return (SharedInformer<T>)known.Informer;
            }

            var informer = new SharedInformer<T>(client.For<T>(), options);
            _informers[typeof(T)] = new Entry(informer, informer.Start, informer.WaitForSyncAsync, () => informer.HasSynced);
            if (_started)
            {
                informer.Start();
            }

            return informer;
        }
    }

    /// <summary>Starts all informers asked for so far, and from now on each as it is asked for.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
            foreach (var entry in _informers.Values)
            {
                entry.Start();
            }
        }
    }

    /// <summary>True when every informer asked for so far has synced.</summary>
    public bool HaveSynced => Entries().All(static entry => entry.HasSynced());

    /// <summary>Waits until every informer asked for so far has synced.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellation = default) =>
        Task.WhenAll(Entries().Select(entry => entry.WaitForSync(cancellation)));

    public async ValueTask DisposeAsync()
    {
        foreach (var entry in Entries())
        {
            await entry.Informer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Entry[] Entries()
    {
        lock (_lock)
        {
            return [.. _informers.Values];
        }
    }

    private sealed record Entry(IAsyncDisposable Informer, Action Start, Func<CancellationToken, Task> WaitForSync, Func<bool> HasSynced);
}
