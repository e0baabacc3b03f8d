using System.Collections.Concurrent;
using Kube.Api.Meta.V1;
using Kube.Base;
using Kube.Client.Rest;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Sources;

/// <summary>Reads the objects of a namespace that a query chooses.</summary>
internal delegate Task<ObjectList<T>> ListObjects<T>(string? ns, ListQuery? query, CancellationToken cancellation);

/// <summary>Watches the objects of a namespace that a query chooses.</summary>
internal delegate IAsyncEnumerable<WatchEvent<T>> WatchObjects<T>(string? ns, ListQuery query, CancellationToken cancellation);

/// <summary>
/// Objects that the node's pods refer to, each read once and watched from then on, as Kubernetes' kubelet does: what all pods of a namespace ask for
/// costs one read. A watch ends after five to ten minutes; who asks next reads anew, and what nobody asks for is not kept. An object that is not there is
/// read at each asking. Objects are shared: nobody may change one. Thread-safe.
/// </summary>
internal sealed partial class WatchedObjects<T>(ListObjects<T> list, WatchObjects<T> watch, Prng random, ILogger logger) : IAsyncDisposable
    where T : class, IKubeObject
{
    private const int MinWatchSeconds = 300;

    private readonly ConcurrentDictionary<(string Namespace, string Name), Entry> _entries = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _randomGate = new();

    /// <summary>The object as it was at some time after it was first asked for, or is now; null when there is none.</summary>
    public async Task<T?> FindAsync(string ns, string name, CancellationToken cancellation)
    {
        while (true)
        {
            Entry own = new();
            Entry entry = _entries.GetOrAdd((ns, name), own);
            if (ReferenceEquals(entry, own))
            {
                own.Read.SetResult(ReadAsync((ns, name), own));
                return await (await own.Read.Task).WaitAsync(cancellation);
            }

            // Another's read: whether there is nothing, or it fails, may have been settled before this was asked.
            Task<T?> other = await entry.Read.Task.WaitAsync(cancellation);
            await ((Task)other).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            if (other.IsCompletedSuccessfully && await other is { } found)
            {
                return entry.Latest ?? found;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_entries.Values.Select(e => e.Watch));
        _stop.Dispose();
    }

    private async Task<T?> ReadAsync((string Namespace, string Name) key, Entry entry)
    {
        try
        {
            ListQuery one = new() { FieldSelector = $"metadata.name={key.Name}" };
            ObjectList<T> found = await list(key.Namespace, one, _stop.Token);
            if (found.Items is [T value])
            {
                entry.Latest = value;
                entry.Watch = WatchAsync(key, entry, one with { ResourceVersion = found.ResourceVersion });
                return value;
            }
        }
        finally
        {
            if (entry.Latest is null)
            {
                _entries.TryRemove(new(key, entry));
            }
        }

        return null;
    }

    private async Task WatchAsync((string Namespace, string Name) key, Entry entry, ListQuery one)
    {
        try
        {
            ListQuery query;
            lock (_randomGate)
            {
                query = one with { TimeoutSeconds = MinWatchSeconds + random.Next(MinWatchSeconds) };
            }

            await foreach (WatchEvent<T> change in watch(key.Namespace, query, _stop.Token))
            {
                if (change.Type == WatchEventType.Deleted)
                {
                    return;
                }

                if (change.Type != WatchEventType.Bookmark)
                {
                    entry.Latest = change.Object;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The kubelet ends.
        }
        catch (Exception e)
        {
            LogWatchBroke(typeof(T).Name, key.Namespace, key.Name, e.Message);
        }
        finally
        {
            // Whoever asks next reads anew.
            _entries.TryRemove(new(key, entry));
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "the watch of {Kind} {Namespace}/{Name} broke, it is read anew when it is asked for: {Reason}")]
    private partial void LogWatchBroke(string kind, string @namespace, string name, string reason);

    private sealed class Entry
    {
        private volatile T? _latest;

        /// <summary>The read under way, once its maker has begun it.</summary>
        public TaskCompletionSource<Task<T?>> Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public T? Latest
        {
            get => _latest;
            set => _latest = value;
        }

        public Task Watch { get; set; } = Task.CompletedTask;
    }
}
