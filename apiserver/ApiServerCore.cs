using Kube.Api.Schema;
using Kube.ApiServer.Endpoints;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Subresources;
using Kube.ApiServer.Security;
using Kube.ApiServer.Storage;
using Kube.ApiServer.Storage.WatchCache;
using Kube.Base;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer;

/// <summary>
/// The API server without sockets and files: from an HTTP exchange to the store and back. Thread-safe once started.
/// </summary>
public sealed class ApiServerCore : IAsyncDisposable
{
    private readonly MeteredStorage _storage;
    private readonly StoreFeed _feed;
    private readonly ApiMetrics _metrics;
    private readonly FlowController _flows;
    private readonly ApiPipeline _pipeline;
    private readonly CancellationTokenSource _stopping = new();

    public ApiServerCore(ApiServerCoreOptions options, IObjectStorage storage, TimeProvider time, ILoggerFactory loggers)
    {
        var identifiers = new IdentifierSource(new Prng(options.Seed));
        var names = KindCatalog.Default.Kinds.GroupBy(kind => kind.Plural).ToDictionary(kinds => kinds.Key, kinds => NameOf(kinds.MinBy(kind => kind.Group.Length)!));
        storage = _storage = new MeteredStorage(storage, plural => names.GetValueOrDefault(plural, plural), time, options.MetricsScope);
        _feed = new StoreFeed(storage, time, loggers);
        Registry = new ResourceRegistry(storage, _feed, time, identifiers);
        var subresources = new SubresourceCatalog(
            time,
            () => Registry.Find("policy", "v1", "poddisruptionbudgets"),
            options.Kubelets,
            () => Registry.Get("", "v1", "nodes"),
            () => Registry.Get("discovery.k8s.io", "v1", "endpointslices"),
            options.CreateSubresources(Registry));
        var catalog = new ResourceCatalog(storage, options.ServiceRange, identifiers, options.EventTimeToLive, subresources, time);
        foreach (var definition in catalog.Build(KindCatalog.Default.Kinds))
        {
            Registry.Add(definition);
        }

        var security = options.CreateSecurity(Registry);
        Registry.Admission = security.Admission;
        _flows = new FlowController(options.MaxReadsInFlight + options.MaxWritesInFlight, options.RequestTimeout / 4, time, options.MetricsScope);
        _metrics = new ApiMetrics(() => _flows.ReadsExecuting, () => _flows.WritesExecuting, ObjectCounts, options.MetricsScope);
        var resources = new ResourceEndpoint(Registry, _metrics, time, identifiers);
        foreach (var (resource, review) in security.Reviews)
        {
            resources.Reviews[resource] = review;
        }

        resources.Reviews[("", "v1", "bindings")] = new BindingResource(new BindingSubresource(time), () => Registry.Get("", "v1", "pods"));
        var components = new Dictionary<string, Func<CancellationToken, Task<ComponentHealth>>>(options.Components) { ["etcd-0"] = AskStoreAsync };
        resources.Computed[("", "v1", "componentstatuses")] = new ComponentStatuses(components);
        var flowSource = new FlowControlSource(Registry);
        _pipeline = new ApiPipeline(
            new ApiPipelineOptions
            {
                Authenticator = security.Authenticator,
                Authorizer = security.Authorizer,
                AllowAnonymous = options.AllowAnonymous,
                Audit = options.Audit,
                Flows = _flows,
                FlowConfiguration = () => flowSource.Current,
                ObjectCount = info => Registry.Find(info.Group, info.Version, info.Resource)?.Cache.Snapshot?.Objects.Count,
                Metrics = _metrics,
                Resources = resources,
                Paths = MapPaths(options, resources),
                Identifiers = identifiers,
                RequestTimeout = options.RequestTimeout,
                Stopping = _stopping.Token,
            },
            time,
            loggers.CreateLogger<ApiPipeline>());
    }

    public ResourceRegistry Registry { get; }

    /// <summary>True once every cache has its first list.</summary>
    public bool CachesReady => _feed.IsReady;

    /// <summary>Starts to read the store.</summary>
    public void Start() => _feed.Start();

    /// <summary>Handles one HTTP exchange. Never throws but for a broken invariant.</summary>
    public Task InvokeAsync(HttpContext http) => _pipeline.InvokeAsync(http);

    /// <summary>Ends the long streams, so that a server that stops need not wait for them.</summary>
    public Task StopStreamsAsync() => _stopping.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _feed.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _flows.Dispose();
        await _storage.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>A resource as Kubernetes' metrics name it: deployments.apps.</summary>
    private static string NameOf(KindInfo kind) => kind.Group.Length == 0 ? kind.Plural : kind.Plural + "." + kind.Group;

    /// <summary>How many objects each stored resource has; several served versions of one are counted once.</summary>
    private IEnumerable<(string Resource, int Count)> ObjectCounts() => Registry.Stores
        .GroupBy(store => store.Definition.StoragePrefix)
        .Select(stores => stores.MinBy(store => store.Definition.Group.Length)!)
        .Select(store => (NameOf(store.Definition.Info), store.Cache.Snapshot?.Objects.Count ?? 0));

    private async Task<ComponentHealth> AskStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _storage.CurrentRevisionAsync(cancellationToken).ConfigureAwait(false);
            return new ComponentHealth(true, "ok");
        }
        catch (StorageUnavailableException e)
        {
            return new ComponentHealth(false, "", e.Message);
        }
    }

    private PathEndpoint MapPaths(ApiServerCoreOptions options, ResourceEndpoint resources)
    {
        var unstored = KindCatalog.Default.Kinds.Where(k => resources.Reviews.ContainsKey((k.Group, k.Version, k.Plural)) || resources.Computed.ContainsKey((k.Group, k.Version, k.Plural))).ToList();
        var discovery = new DiscoveryEndpoint(Registry, unstored, options.AdvertisedAddress);
        var openApi = new OpenApiEndpoint(KindCatalog.Default);
        var paths = new PathEndpoint();
        paths
            .Map("/openapi/v2", openApi.V2Async)
            .Map("/openapi/v3", openApi.V3Async, below: true)
            .Map("/api", discovery.CoreAsync)
            .Map("/apis", discovery.GroupsAsync)
            .Map("/api", discovery.BelowAsync, below: true)
            .Map("/apis", discovery.BelowAsync, below: true)
            .Map("/version", VersionAsync)
            .Map("/", request => paths.ListAsync(request, discovery.Paths));
        foreach (var (path, handler) in options.HostPaths)
        {
            paths.Map(path, request => handler(request.Http), below: true);
        }

        return paths;
    }

    private static Task VersionAsync(ApiRequest request) =>
        ResponseWriter.WriteObjectAsync(request, 200, VersionDocument.Build(), null, ResponseWriter.Negotiate(request, allowProtobuf: false) with { Pretty = true, As = null });
}
