using System.Text.Json.Nodes;
using Kube.Api.Coordination.V1;

namespace Kube.Controllers.Nodes;

/// <summary>
/// Watches over nodes: one that is silent for longer than the grace period becomes Ready=Unknown, its pods not ready;
/// taints follow the conditions. NoExecute taints, which evict, are put on at a limited rate, and on none while no
/// node at all is ready: then it is more likely that this process is cut off than that all nodes are gone.
/// </summary>
public sealed partial class NodeLifecycleController : QueueController<string>
{
    private const string LeaseNamespace = "kube-node-lease";
    private readonly SharedInformer<Node> _nodes;
    private readonly SharedInformer<Lease> _leases;
    private readonly SharedInformer<Pod> _pods;
    private readonly EventRecorder _events;
    private readonly NodeHealth _health;
    private readonly TokenBucket _evictions;
    private readonly ControllersOptions _options;

    public NodeLifecycleController(ControllerContext context, ControllersOptions options)
        : base(context, "node-lifecycle-controller", 8)
    {
        _options = options;
        _events = new EventRecorder(context.Client, "node-controller");
        _health = new NodeHealth(context.Time);
        _evictions = new TokenBucket(options.NodeEvictionRate, 1, context.Time);
        _nodes = context.Informers.For<Node>();
        _leases = context.Informers.For<Lease>();
        _pods = Pods.Informer(context);
        _nodes.AddHandler(NodeAdded, (_, node) => Queue.Add(node.Metadata.Name!), (node, _) => NodeRemoved(node));
        _pods.AddHandler(PodAdded, (old, pod) =>
        {
            if (old.Spec?.NodeName != pod.Spec?.NodeName)
            {
                PodAdded(pod);
            }
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Looks at the health of all nodes, each monitor period.</summary>
    protected override async Task RunExtraAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_options.NodeMonitorPeriod, Time);
        try
        {
            do
            {
                await MonitorAsync(cancellation).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>Brings one node's taints, and the readiness of its pods, in line with its conditions.</summary>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_nodes.Store.Get(null, key) is not { } node)
        {
            return ReconcileResult.Done;
        }

        var mayEvict = !NodeTaints.AwaitsEviction(node) || (AnyReady() && _evictions.TryTake());
        var wanted = NodeTaints.Wanted(node, mayEvict, Time.GetUtcNow());
        if (!NodeTaints.AreSame(wanted, node.Spec?.Taints ?? []))
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
                ["spec"] = new JsonObject { ["taints"] = new JsonArray([.. wanted.Select(static taint => (JsonNode)KubeJson.ToJsonObject(taint))]) },
            };
            await Client.For<Node>().PatchAsync(null, key, Patch.Merge(patch), null, cancellation).ConfigureAwait(false);
        }

        if (NodeTaints.ReadyStatus(node) != "True")
        {
            await MarkPodsNotReadyAsync(node, cancellation).ConfigureAwait(false);
        }

        return mayEvict ? ReconcileResult.Done : ReconcileResult.After(_options.NodeMonitorPeriod);
    }

    private bool AnyReady() => _nodes.Store.List().Any(static node => NodeTaints.ReadyStatus(node) == "True");

    private void NodeAdded(Node node)
    {
        Queue.Add(node.Metadata.Name!);
        _events.Event(node, EventTypes.Normal, "RegisteredNode", $"Node {node.Metadata.Name} event: Registered Node {node.Metadata.Name} in Controller");
    }

    private void NodeRemoved(Node node) =>
        _events.Event(node, EventTypes.Normal, "RemovingNode", $"Node {node.Metadata.Name} event: Removing Node {node.Metadata.Name} from Controller");

    /// <summary>A pod that came to a node after it fell silent is not ready either.</summary>
    private void PodAdded(Pod pod)
    {
        if (pod.Spec?.NodeName is { Length: > 0 } name && _nodes.Store.Get(null, name) is { } node && NodeTaints.ReadyStatus(node) != "True")
        {
            Queue.Add(name);
        }
    }

    private async Task MonitorAsync(CancellationToken cancellation)
    {
        var nodes = _nodes.Store.List();
        _health.Retain(nodes.Select(static node => node.Metadata.Name!));
        foreach (var node in nodes)
        {
            try
            {
                await MonitorAsync(node, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException)
            {
                LogMonitorFailed(Log, node.Metadata.Name!, e.Message);
            }
        }
    }

    private async Task MonitorAsync(Node node, CancellationToken cancellation)
    {
        var ready = NodeTaints.Condition(node, "Ready");
        var lease = _leases.Store.Get(LeaseNamespace, node.Metadata.Name!);
        var silence = _health.Silence(node.Metadata.Name!, $"{node.Metadata.Uid} {lease?.Spec?.RenewTime} {ready?.LastHeartbeatTime} {ready?.LastTransitionTime}");
        var grace = ready is null ? _options.NodeStartupGracePeriod : _options.NodeMonitorGracePeriod;
        if (silence <= grace || NodeHealth.WhenSilent(node, Time.GetUtcNow()) is not { } conditions)
        {
            return;
        }

        LogSilent(Log, node.Metadata.Name!, silence.TotalSeconds);
        var copy = Objects.Copy(node);
        (copy.Status ??= new NodeStatus()).Conditions = conditions;
        await Client.For<Node>().UpdateStatusAsync(copy, cancellation).ConfigureAwait(false);
        _events.Event(node, EventTypes.Normal, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
    }

    private async Task MarkPodsNotReadyAsync(Node node, CancellationToken cancellation)
    {
        foreach (var pod in _pods.Store.ByIndex(Indexers.ByNode, node.Metadata.Name!).Where(static pod => Pods.IsReady(pod) && !Pods.IsTerminal(pod)))
        {
            var copy = Objects.Copy(pod);
            var ready = Pods.Condition(copy, "Ready")!;
            ready.Status = "False";
            ready.LastTransitionTime = new Time(Time.GetUtcNow());
            try
            {
                await Client.For<Pod>().UpdateStatusAsync(copy, cancellation).ConfigureAwait(false);
                _events.Event(pod, EventTypes.Warning, "NodeNotReady", "Node is not ready");
            }
            catch (KubeApiException e) when (e.IsNotFound)
            {
                continue;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} has been silent for {Seconds:0} s")]
    private static partial void LogSilent(ILogger log, string node, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} could not be marked: {Reason}")]
    private static partial void LogMonitorFailed(ILogger log, string node, string reason);
}
