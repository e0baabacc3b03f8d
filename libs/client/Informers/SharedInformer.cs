using Kube.Base;
using Kube.Client.Rest;
using Microsoft.Extensions.Logging;

namespace Kube.Client.Informers;

/// <summary>
/// Keeps a copy of the server's objects of one kind: lists them, watches from the list's version, resumes a watch that
/// ends from the last version seen, and lists again when the server no longer keeps that version (410). After any
/// disconnect the store becomes what the server has; handlers see the difference as events.
/// Nothing is buffered between the connection and the handlers: slow handlers slow the watch down.
/// </summary>
public sealed partial class SharedInformer<T> : IAsyncDisposable
    where T : class, IKubeObject
{
    private readonly ResourceClient<T> _client;
    private readonly SharedInformerOptions<T> _options;
    private readonly ILogger _log;
    private readonly Prng _prng;
    private readonly TimeProvider _time;
    private readonly ObjectStore<T> _store = new();

    /// <summary>Held while one change is applied and told; guards the handlers.</summary>
    private readonly Lock _delivery = new();
    private readonly List<Registration> _handlers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _loop;
    private string _lastVersion = "";

    public SharedInformer(ResourceClient<T> client, SharedInformerOptions<T>? options = null)
    {
        _client = client;
        _options = options ?? new SharedInformerOptions<T>();
        _time = client.Client.Time;
        _log = client.Client.Loggers.CreateLogger("Kube.Client.Informers." + client.Kind.Kind);
        _prng = new Prng(_options.Seed ?? (ulong)_time.GetTimestamp());
    }

    /// <summary>The resource it watches.</summary>
    public ResourceKind Kind => _client.Kind;

    /// <summary>What is known now.</summary>
    public IReadOnlyStore<T> Store => _store;

    /// <summary>True once the first list is in the store and every handler present then has been told of it.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>The version up to which the store is current; empty before the first list.</summary>
    public string LastSyncResourceVersion => Volatile.Read(ref _lastVersion);

    /// <summary>
    /// Adds an index. Fine at any time, though objects already there are indexed under a lock. Throws
    /// ArgumentException when the name is taken.
    /// </summary>
    public void AddIndexer(string name, Func<T, IEnumerable<string>> values) => _store.AddIndexer(name, values);

    /// <summary>As <see cref="AddIndexer"/>, but without effect when the name is taken.</summary>
    public void EnsureIndexer(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_delivery)
        {
            if (!_store.HasIndexer(name))
            {
                _store.AddIndexer(name, values);
            }
        }
    }

    /// <summary>
    /// Adds a handler. It is told of everything in the store before this returns, and of changes from then on.
    /// Dispose the result to take it away: no call comes after that.
    /// </summary>
    public IDisposable AddHandler(IInformerHandler<T> handler)
    {
        var registration = new Registration(this, handler);
        lock (_delivery)
        {
            _handlers.Add(registration);
            foreach (var value in _store.List())
            {
                Tell(registration, value, static (h, v) => h.Added(v, isInitial: true));
            }
        }

        return registration;
    }

    /// <inheritdoc cref="AddHandler(IInformerHandler{T})"/>
    public IDisposable AddHandler(Action<T>? added, Action<T, T>? updated = null, Action<T, bool>? deleted = null) =>
        AddHandler(new DelegateHandler<T>(added, updated, deleted));

    /// <summary>Begins to list and watch. Without effect when already begun.</summary>
    public void Start()
    {
        lock (_delivery)
        {
            _loop ??= Task.Run(() => RunAsync(_stop.Token));
        }
    }

    /// <summary>Waits until <see cref="HasSynced"/>.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellation = default) => _synced.Task.WaitAsync(cancellation);

    /// <summary>Stops watching; the store stays as it is. Handlers are not called any more once this has returned.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _synced.TrySetCanceled();
        if (_loop is { } loop)
        {
            await loop.ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private void Tell<TArgument>(Registration registration, TArgument argument, Action<IInformerHandler<T>, TArgument> call)
    {
        try
        {
            call(registration.Handler, argument);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            InformerMetrics.HandlerFailures.Add(1, new KeyValuePair<string, object?>("resource", Kind.Resource));
            LogHandlerFailed(Kind.Resource, e);
        }
    }

    private void TellAll<TArgument>(TArgument argument, Action<IInformerHandler<T>, TArgument> call)
    {
        foreach (var registration in _handlers.ToArray())
        {
            Tell(registration, argument, call);
        }
    }

    private sealed class Registration(SharedInformer<T> informer, IInformerHandler<T> handler) : IDisposable
    {
        public IInformerHandler<T> Handler => handler;

        public void Dispose()
        {
            lock (informer._delivery)
            {
                informer._handlers.Remove(this);
            }
        }
    }
}
