using Kube.Base;
using Kube.Client.Rest;

namespace Kube.Client.Informers;

/// <summary>List, watch, resume, list again.</summary>
public sealed partial class SharedInformer<T>
{
    /// <summary>Objects per page of a list that must be the latest; any other comes from the server's cache in one.</summary>
    private const int PageSize = 500;

    /// <summary>The version seen last is too old for the server: the next list asks for the latest state.</summary>
    private bool _versionGone;
    private int _failures;

    private async Task RunAsync(CancellationToken cancellation)
    {
        var resync = _options.Resync is { } period ? ResyncAsync(period, cancellation) : Task.CompletedTask;
        var listed = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (!listed)
                {
                    await ListAsync(cancellation).ConfigureAwait(false);
                    listed = true;
                }

                await WatchAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (KubeApiException e) when (e.IsGone)
            {
                LogVersionGone(Kind.Resource, LastSyncResourceVersion, e.Message);
                _versionGone = true;
                listed = false;
                await BackOffAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsPassing(e))
            {
                InformerMetrics.WatchFailures.Add(1, new KeyValuePair<string, object?>("resource", Kind.Resource));
                LogWatchFailed(Kind.Resource, listed ? "watch" : "list", e.Message);

                // A refusal may mean that the version is unusable in a way the server does not name, say because it
                // lies in the future of a store that was restored: begin again with the latest state.
                _versionGone |= e is KubeApiException;
                listed = listed && e is not KubeApiException;
                await BackOffAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not InvariantException)
            {
                // A fault of our own, in a transform say. The next list may be without what set it off.
                LogFailed(Kind.Resource, e);
                listed = false;
                await BackOffAsync(cancellation).ConfigureAwait(false);
            }
        }

        await resync.ConfigureAwait(false);
    }

    /// <summary>
    /// Everything that the network or the server can do to us. InvalidDataException covers an answer cut off or garbled
    /// on the way; OperationCanceledException a watch that outlived its time limit.
    /// </summary>
    private static bool IsPassing(Exception e) =>
        e is KubeApiException or HttpRequestException or IOException or InvalidDataException or TimeoutException or OperationCanceledException;

    private async Task ListAsync(CancellationToken cancellation)
    {
        InformerMetrics.Lists.Add(1, new KeyValuePair<string, object?>("resource", Kind.Resource));

        // First any state will do; later one no older than what handlers have seen; after 410 the latest.
        var version = _versionGone ? null : LastSyncResourceVersion.Length == 0 ? "0" : LastSyncResourceVersion;
        var query = new ListQuery
        {
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            ResourceVersion = version,
            Limit = version is null ? PageSize : 0,
        };
        var listedVersion = "";
        var items = new List<T>();
        do
        {
            var page = await _client.ListAsync(_options.Namespace, query, cancellation).ConfigureAwait(false);
            items.AddRange(page.Items);
            listedVersion = page.ResourceVersion;
            query = query with { Continue = page.Continue, ResourceVersion = null };
        }
        while (query.Continue is not null);

        if (_options.Transform is { } transform)
        {
            for (var i = 0; i < items.Count; i++)
            {
                items[i] = transform(items[i]);
            }
        }

        lock (_delivery)
        {
            Replace(items);
            Volatile.Write(ref _lastVersion, listedVersion);
        }

        _versionGone = false;
        _failures = 0;
        if (_synced.TrySetResult())
        {
            LogSynced(Kind.Resource, items.Count, listedVersion);
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        InformerMetrics.Watches.Add(1, new KeyValuePair<string, object?>("resource", Kind.Resource));
        var query = new ListQuery
        {
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            ResourceVersion = LastSyncResourceVersion,
            AllowWatchBookmarks = true,
            TimeoutSeconds = (int)(_options.MinWatchTimeout.TotalSeconds * (1 + _prng.NextDouble())),
        };
        var startedAt = _time.GetTimestamp();
        var any = false;
        await foreach (var change in _client.WatchAsync(_options.Namespace, query, cancellation).ConfigureAwait(false))
        {
            any = true;
            _failures = 0;
            var value = change.Type != WatchEventType.Bookmark && _options.Transform is { } transform ? transform(change.Object) : change.Object;
            lock (_delivery)
            {
                cancellation.ThrowIfCancellationRequested();
                Apply(change.Type, value);
                if (value.Metadata.ResourceVersion is { Length: > 0 } version)
                {
                    Volatile.Write(ref _lastVersion, version);
                }
            }
        }

        if (!any && _time.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(1))
        {
            throw new IOException("very short watch: unexpected end of stream");
        }
    }

    private void Apply(WatchEventType type, T value)
    {
        switch (type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                Put(value, isInitial: false);
                break;
            case WatchEventType.Deleted:
                if (_store.Remove(ObjectKey.Of(value)) is not null)
                {
                    TellAll(value, static (handler, v) => handler.Deleted(v, finalStateUnknown: false));
                }

                break;
        }
    }

    /// <summary>Makes the store what the list says, telling handlers of the difference.</summary>
    private void Replace(List<T> items)
    {
        var isInitial = !HasSynced;
        var listed = new HashSet<ObjectKey>(items.Count);
        foreach (var item in items)
        {
            listed.Add(ObjectKey.Of(item));
        }

        foreach (var key in _store.Keys())
        {
            if (!listed.Contains(key) && _store.Remove(key) is { } gone)
            {
                TellAll(gone, static (handler, v) => handler.Deleted(v, finalStateUnknown: true));
            }
        }

        foreach (var item in items)
        {
            Put(item, isInitial);
        }
    }

    private void Put(T value, bool isInitial)
    {
        var key = ObjectKey.Of(value);
        var known = _store.Get(key);
        if (known is not null && known.Metadata.Uid != value.Metadata.Uid)
        {
            // Deleted and made anew while nobody watched.
            _store.Remove(key);
            TellAll(known, static (handler, v) => handler.Deleted(v, finalStateUnknown: true));
            known = null;
        }

        if (known is not null && known.Metadata.ResourceVersion == value.Metadata.ResourceVersion)
        {
            return; // a list that brought nothing new
        }

        _store.Set(key, value);
        if (known is null)
        {
            TellAll((value, isInitial), static (handler, v) => handler.Added(v.value, v.isInitial));
        }
        else
        {
            TellAll((known, value), static (handler, v) => handler.Updated(v.known, v.value));
        }
    }

    private async Task ResyncAsync(TimeSpan period, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                lock (_delivery)
                {
                    foreach (var value in _store.List())
                    {
                        TellAll(value, static (handler, v) => handler.Updated(v, v));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task BackOffAsync(CancellationToken cancellation)
    {
        var wait = Math.Min(_options.BackoffBase.TotalMilliseconds * Math.Pow(2, _failures), _options.BackoffMax.TotalMilliseconds);
        _failures = Math.Min(_failures + 1, 30);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait * (1 + _prng.NextDouble())), _time, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The loop ends by itself.
        }
    }
}
