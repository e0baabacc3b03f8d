using System.Net;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Scheduling;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Services;
using Kube.ApiServer.Security;
using Kube.ApiServer.Storage;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Host;

/// <summary>
/// What every cluster has from the start: the system namespaces and priority classes, the kubernetes service with this server
/// behind it, and the objects of priority and fairness. Made at start, and made again when somebody deletes it.
/// </summary>
internal sealed partial class SystemObjects(
    ResourceRegistry registry, AddressRange services, IPEndPoint advertised, TimeProvider time, ILogger<SystemObjects> logger) : IAsyncDisposable
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly WriteContext _context = new() { User = UserInfo.ApiServer };
    private readonly FlowControlBootstrap _flows = new(registry, time);
    private Task _run = Task.CompletedTask;

    /// <summary>True once everything was there.</summary>
    public bool Done { get; private set; }

    /// <summary>True once the bootstrap roles and bindings were there.</summary>
    public bool RolesDone { get; private set; }

    /// <summary>True once the flow schemas and priority levels were there.</summary>
    public bool FlowsDone { get; private set; }

    public void Start() => _run = RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await EnsureAsync(cancellationToken).ConfigureAwait(false);
                Done = true;
                if (!RolesDone)
                {
                    await new RbacBootstrap(registry).EnsureAsync(cancellationToken).ConfigureAwait(false);
                    RolesDone = true;
                }

                await _flows.EnsureAsync(cancellationToken).ConfigureAwait(false);
                FlowsDone = true;
                await Task.Delay(Period, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException and not Kube.Base.InvariantException)
            {
                LogFailed(exception is KubeStatusException or StorageException ? exception.Message : exception.ToString());
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        foreach (var known in SystemPriorityClasses.All)
        {
            await EnsureAsync("scheduling.k8s.io", "v1", "priorityclasses", "", known.Name, () => PriorityClass(known), cancellationToken).ConfigureAwait(false);
        }

        foreach (var name in Namespaces)
        {
            await EnsureAsync("", "v1", "namespaces", "", name, () => New("v1", "Namespace", "", name), cancellationToken).ConfigureAwait(false);
        }

        await EnsureAsync("", "v1", "services", "default", "kubernetes", Service, cancellationToken).ConfigureAwait(false);
        await EnsureAsync("", "v1", "endpoints", "default", "kubernetes", Endpoints, cancellationToken).ConfigureAwait(false);
        await EnsureAsync("discovery.k8s.io", "v1", "endpointslices", "default", "kubernetes", EndpointSlice, cancellationToken).ConfigureAwait(false);
    }

    private async Task EnsureAsync(string group, string version, string plural, string ns, string name, Func<JsonObject> make, CancellationToken cancellationToken)
    {
        var store = registry.Get(group, version, plural);
        if (await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false) is not null)
        {
            return;
        }

        try
        {
            await store.CreateAsync(_context, ns, make(), cancellationToken).ConfigureAwait(false);
        }
        catch (KubeStatusException exception) when (exception.Status.Reason == "AlreadyExists")
        {
            // Another API server was first.
        }
    }

    private static JsonObject PriorityClass(SystemPriorityClass known)
    {
        var priorityClass = New("scheduling.k8s.io/v1", "PriorityClass", "", known.Name);
        priorityClass["value"] = known.Value;
        priorityClass["description"] = known.Description;
        return priorityClass;
    }

    private JsonObject Service()
    {
        var service = New("v1", "Service", "default", "kubernetes");
        service["spec"] = new JsonObject
        {
            ["clusterIP"] = services.At(1),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = advertised.Port }),
            ["sessionAffinity"] = "None",
            ["type"] = "ClusterIP",
        };
        return service;
    }

    private JsonObject Endpoints()
    {
        var endpoints = New("v1", "Endpoints", "default", "kubernetes");
        endpoints["metadata"]!["labels"]!["endpointslice.kubernetes.io/skip-mirror"] = "true";
        endpoints["subsets"] = new JsonArray(new JsonObject
        {
            ["addresses"] = new JsonArray(new JsonObject { ["ip"] = advertised.Address.ToString() }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = advertised.Port, ["protocol"] = "TCP" }),
        });
        return endpoints;
    }

    private JsonObject EndpointSlice()
    {
        var slice = New("discovery.k8s.io/v1", "EndpointSlice", "default", "kubernetes");
        slice["metadata"]!["labels"]!["kubernetes.io/service-name"] = "kubernetes";
        slice["addressType"] = "IPv4";
        slice["endpoints"] = new JsonArray(new JsonObject
        {
            ["addresses"] = new JsonArray(JsonValue.Create(advertised.Address.ToString())),
            ["conditions"] = new JsonObject { ["ready"] = true },
        });
        slice["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = advertised.Port, ["protocol"] = "TCP" });
        return slice;
    }

    private static JsonObject New(string apiVersion, string kind, string ns, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns.Length > 0)
        {
            metadata["namespace"] = ns;
            metadata["labels"] = new JsonObject();
            if (kind == "Service")
            {
                metadata["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" };
            }
        }

        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The system objects could not be made yet: {Reason}")]
    private partial void LogFailed(string reason);
}
