using System.Diagnostics.Metrics;
using Kube.Api.Schema;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Endpoints;

/// <summary>The API server's metrics, under Kubernetes' names. Thread-safe.</summary>
public sealed class ApiMetrics : IDisposable
{
    private const string Component = "apiserver";

    private static readonly double[] Buckets =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly UpDownCounter<long> _longRunning;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _watchEvents;

    /// <param name="storedObjects">How many objects each resource has.</param>
    /// <param name="scope">The server whose metrics these are; null for the process.</param>
    public ApiMetrics(Func<int> readsInFlight, Func<int> writesInFlight, Func<IEnumerable<(string Resource, int Count)>> storedObjects, object? scope)
    {
        _meter = new Meter(new MeterOptions("Kube.ApiServer") { Scope = scope });
        _requests = _meter.CreateCounter<long>("apiserver_request_total", description: "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.");
        _durations = _meter.CreateHistogram(
            "apiserver_request_duration_seconds", "s", "Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        _longRunning = _meter.CreateUpDownCounter<long>("apiserver_longrunning_requests", description: "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.");
        _rejected = _meter.CreateCounter<long>("apiserver_dropped_requests_total", description: "Requests told to come back later.");
        _watchEvents = _meter.CreateCounter<long>("apiserver_watch_events_total", description: "Number of events sent in watch clients");
        _meter.CreateObservableGauge(
            "apiserver_current_inflight_requests",
            () => new Measurement<int>[]
            {
                new(readsInFlight(), new KeyValuePair<string, object?>("request_kind", "readOnly")),
                new(writesInFlight(), new KeyValuePair<string, object?>("request_kind", "mutating")),
            },
            description: "Requests being worked on now.");
        _meter.CreateObservableGauge(
            "apiserver_storage_objects",
            () => storedObjects().Select(o => new Measurement<int>(o.Count, new KeyValuePair<string, object?>("resource", o.Resource))),
            description: "Number of stored objects at the time of last check split by kind.");
        _meter.CreateObservableGauge(
            "kubernetes_build_info",
            () => new Measurement<int>(1, new("major", "1"), new("minor", "32"), new("git_version", VersionDocument.GitVersion), new("platform", VersionDocument.Platform)),
            description: "A metric with a constant '1' value labeled by major, minor, git version and platform from which Kubernetes was built.");
    }

    /// <summary>Notes an answered request.</summary>
    public void Completed(RequestInfo request, bool isDryRun, int code, double seconds)
    {
        var (verb, dryRun, scope) = (VerbOf(request), isDryRun ? "All" : "", ScopeOf(request));
        _requests.Add(
            1, new("code", code), new("component", Component), new("dry_run", dryRun), new("group", request.Group), new("resource", request.Resource),
            new("scope", scope), new("subresource", request.Subresource), new("verb", verb), new("version", request.Version));
        if (!request.IsLongRunning)
        {
            _durations.Record(
                seconds, new("component", Component), new("dry_run", dryRun), new("group", request.Group), new("resource", request.Resource),
                new("scope", scope), new("subresource", request.Subresource), new("verb", verb), new("version", request.Version));
        }
    }

    public void LongRunning(RequestInfo request, int change) => _longRunning.Add(
        change, new("component", Component), new("group", request.Group), new("resource", request.Resource), new("scope", ScopeOf(request)),
        new("subresource", request.Subresource), new("verb", VerbOf(request)), new("version", request.Version));

    public void Rejected(bool read) => _rejected.Add(1, new KeyValuePair<string, object?>("request_kind", read ? "readOnly" : "mutating"));

    /// <summary>Notes events written to one watch.</summary>
    internal void WatchEvents(KindInfo kind, int count) => _watchEvents.Add(count, new("group", kind.Group), new("kind", kind.Kind), new("version", kind.Version));

    public void Dispose() => _meter.Dispose();

    /// <summary>The verb as Kubernetes' metrics name it: a create is a POST, an update a PUT.</summary>
    private static string VerbOf(RequestInfo request) => request.Verb switch
    {
        "create" => "POST",
        "update" => "PUT",
        "get" => "GET",
        "list" => "LIST",
        "watch" => "WATCH",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "deletecollection" => "DELETECOLLECTION",
        var other => other.ToUpperInvariant(),
    };

    /// <summary>One object, one namespace, or the whole cluster.</summary>
    private static string ScopeOf(RequestInfo request) => request switch
    {
        { IsResourceRequest: false } => "",
        { Name.Length: > 0 } or { Verb: "create" } => "resource",
        { Namespace.Length: > 0 } => "namespace",
        _ => "cluster",
    };
}
