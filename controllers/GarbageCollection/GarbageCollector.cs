namespace Kube.Controllers.GarbageCollection;

/// <summary>
/// Deletes objects whose owners are all gone, and carries out foreground and orphaning deletion. Watches the metadata
/// of every kind that discovery names, new ones included, and keeps the <see cref="OwnerGraph"/> of them. Before it
/// deletes it asks the server for the object and its owners: the graph may be behind, the server is not.
/// </summary>
public sealed partial class GarbageCollector : QueueController<GarbageCollector.Item>, IGraphListener
{
    private static readonly TimeSpan _discoveryPeriod = TimeSpan.FromSeconds(30);

    /// <summary>Kinds that own nothing, are owned by nothing, and come in large numbers.</summary>
    private static readonly HashSet<string> _ignored = new(StringComparer.Ordinal) { "/events", "events.k8s.io/events" };

    private readonly OwnerGraph _graph;
    private readonly Dictionary<ResourceKind, SharedInformer<MetadataObject>> _monitors = [];
    private volatile ResourceMap _resources = new([]);

    public GarbageCollector(ControllerContext context, int workers = 20)
        : base(context, "garbage-collector-controller", workers)
    {
        _graph = new OwnerGraph(this, owner => _resources.Find(owner.ApiVersion, owner.Kind)?.Namespaced ?? true);
    }

    /// <summary>What is to be done for which uid.</summary>
    public readonly record struct Item(string Uid, bool IsOrphaning);

    /// <summary>Kinds watched now.</summary>
    internal int MonitorCount => _monitors.Count;

    void IGraphListener.LookAt(string uid) => Queue.Add(new Item(uid, IsOrphaning: false));

    void IGraphListener.Orphan(string uid) => Queue.Add(new Item(uid, IsOrphaning: true));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        foreach (var monitor in _monitors.Values)
        {
            await monitor.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Discovers kinds, now and again each half minute.</summary>
    protected override async Task RunExtraAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await SyncMonitorsAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(_discoveryPeriod, Time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(Item key, CancellationToken cancellation)
    {
        if (!HaveSynced())
        {
            return ReconcileResult.After(TimeSpan.FromMilliseconds(200));
        }

        if (_graph.View(key.Uid) is not { } view)
        {
            return ReconcileResult.Done;
        }

        if (key.IsOrphaning)
        {
            await OrphanAsync(view, cancellation).ConfigureAwait(false);
            return ReconcileResult.Done;
        }

        return await CollectAsync(view, cancellation).ConfigureAwait(false);
    }

    private bool HaveSynced()
    {
        lock (_monitors)
        {
            return _monitors.Count > 0 && _monitors.Values.All(static monitor => monitor.HasSynced);
        }
    }

    private async Task SyncMonitorsAsync(CancellationToken cancellation)
    {
        Discovery discovery;
        try
        {
            discovery = await Client.DiscoverAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            LogDiscoveryFailed(Log, e.Message);
            return;
        }

        _resources = new ResourceMap(discovery.Resources.Select(static resource => resource.Kind));
        var wanted = discovery.Resources.Where(static resource =>
            resource.Verbs.Contains("list") && resource.Verbs.Contains("watch") && resource.Verbs.Contains("delete") &&
            !_ignored.Contains(resource.Kind.Group + "/" + resource.Kind.Plural)).Select(static resource => resource.Kind).ToHashSet();
        foreach (var kind in wanted)
        {
            StartMonitor(kind);
        }

        // While a group does not answer, what it serves is unknown rather than gone.
        if (discovery.FailedGroups.Count == 0)
        {
            await StopMonitorsAsync(wanted).ConfigureAwait(false);
        }
    }

    private void StartMonitor(ResourceKind kind)
    {
        lock (_monitors)
        {
            if (_monitors.ContainsKey(kind))
            {
                return;
            }

            var monitor = new SharedInformer<MetadataObject>(Client.Metadata(kind));
            monitor.AddHandler(
                value => _graph.Observe(kind, null, value.Metadata),
                (old, value) => _graph.Observe(kind, old.Metadata, value.Metadata),
                (value, _) => _graph.Remove(value.Metadata.Uid ?? ""));
            _monitors[kind] = monitor;
            monitor.Start();
        }
    }

    private async Task StopMonitorsAsync(HashSet<ResourceKind> wanted)
    {
        List<SharedInformer<MetadataObject>> unwanted = [];
        lock (_monitors)
        {
            foreach (var kind in _monitors.Keys.Where(kind => !wanted.Contains(kind)).ToList())
            {
                unwanted.Add(_monitors[kind]);
                _monitors.Remove(kind);
            }
        }

        foreach (var monitor in unwanted)
        {
            await monitor.DisposeAsync().ConfigureAwait(false);
            foreach (var value in monitor.Store.List())
            {
                _graph.Remove(value.Metadata.Uid ?? "");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery failed: {Reason}")]
    private static partial void LogDiscoveryFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleting {Object} ({Policy}): its owners are gone")]
    private static partial void LogDeleting(ILogger log, string @object, string policy);
}
