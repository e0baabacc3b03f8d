using Kube.Api.Quotas;

namespace Kube.Controllers.ResourceQuotas;

/// <summary>
/// Watches the metadata of the resources whose objects some quota counts, and of no others. What serves a resource is
/// asked of discovery, at most each half minute while it is not known. Safe for use by many threads.
/// </summary>
internal sealed partial class CountedObjects(KubeClient client, ILogger log, Action<UsageEvaluator, string> deleted) : IAsyncDisposable
{
    private static readonly TimeSpan _discoveryPeriod = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Group, string Resource), SharedInformer<MetadataObject>> _watched = [];
    private Dictionary<(string Group, string Resource), ResourceKind> _served = [];
    private long? _discoveredAt;

    /// <summary>
    /// Watches the resources, and returns the watch of each that is served. Throws what discovery throws: then nothing
    /// is known of a resource not yet watched.
    /// </summary>
    public async Task<IReadOnlyDictionary<(string Group, string Resource), SharedInformer<MetadataObject>>> WatchAsync(
        IReadOnlyList<(string Group, string Resource)> resources, CancellationToken cancellation)
    {
        var found = new Dictionary<(string, string), SharedInformer<MetadataObject>>();
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var resource in resources)
            {
                if (!_watched.TryGetValue(resource, out var informer))
                {
                    if (await FindAsync(resource, cancellation).ConfigureAwait(false) is not { } kind)
                    {
                        continue;
                    }

                    _watched[resource] = informer = Start(kind);
                }

                found[resource] = informer;
            }
        }
        finally
        {
            _turn.Release();
        }

        return found;
    }

    /// <summary>Stops watching what is not among the resources.</summary>
    public async Task KeepAsync(IReadOnlyCollection<(string Group, string Resource)> resources, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var resource in _watched.Keys.Except(resources).ToList())
            {
                _watched.Remove(resource, out var informer);
                await informer!.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var informer in _watched.Values)
        {
            await informer.DisposeAsync().ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    private SharedInformer<MetadataObject> Start(ResourceKind kind)
    {
        var evaluator = UsageEvaluator.For(kind.Group, kind.Plural);
        var informer = new SharedInformer<MetadataObject>(client.Metadata(kind));
        informer.AddHandler(null, null, (value, _) => deleted(evaluator, value.Metadata.Namespace ?? ""));
        informer.Start();
        return informer;
    }

    private async Task<ResourceKind?> FindAsync((string Group, string Resource) resource, CancellationToken cancellation)
    {
        if (_served.TryGetValue(resource, out var kind))
        {
            return kind;
        }

        if (_discoveredAt is { } before && client.Time.GetElapsedTime(before) < _discoveryPeriod)
        {
            return null;
        }

        var discovery = await client.DiscoverAsync(cancellation).ConfigureAwait(false);
        _discoveredAt = client.Time.GetTimestamp();
        if (discovery.FailedGroups.Count > 0)
        {
            LogDiscoveryFailed(log, string.Join("; ", discovery.FailedGroups));
        }

        // As in Kubernetes, only what can be created and deleted is worth a bound.
        _served = discovery.Resources
            .Where(static found => found.Kind.Namespaced && found.Verbs.IsSupersetOf(["create", "delete", "list", "watch"]))
            .ToDictionary(static found => (found.Kind.Group, found.Kind.Plural), static found => found.Kind);
        return _served.GetValueOrDefault(resource);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some groups do not say what they serve: {Groups}")]
    private static partial void LogDiscoveryFailed(ILogger log, string groups);
}
