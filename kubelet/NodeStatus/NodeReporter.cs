using System.Text.Json.Nodes;
using Kube.Api.Coordination.V1;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Client.Events;
using Kube.Client.Rest;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.NodeStatus;

/// <summary>
/// Registers the node and keeps it alive: renews its lease, reports its status when something in it changed and otherwise now and then.
/// A node object that vanishes is registered anew.
/// </summary>
internal sealed partial class NodeReporter(
    KubeClient client,
    NodeDescription description,
    Func<CancellationToken, Task<NodeObservation>> observe,
    NodeReportOptions options,
    IEventRecorder events,
    ILogger logger)
{
    private const string LeaseNamespace = "kube-node-lease";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(7);

    private readonly ResourceClient<Node> _nodes = client.For<Node>();
    private readonly ResourceClient<Lease> _leases = client.For<Lease>();
    private readonly SemaphoreSlim _look = new(0, 1);
    private Node? _node;
    private Lease? _lease;
    private DateTimeOffset _reportedAt;

    /// <summary>The node as the API server answered last; null before it is registered.</summary>
    public Node? Node => Volatile.Read(ref _node);

    /// <summary>Whether the node has been registered and its status reported.</summary>
    public bool Registered => Volatile.Read(ref _node) is not null;

    private TimeProvider Time => client.Time;

    /// <summary>Looks at the node at once rather than at the next period.</summary>
    public void Look()
    {
        lock (_look)
        {
            if (_look.CurrentCount == 0)
            {
                _look.Release();
            }
        }
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (!Registered)
            {
                await RegisterAsync(cancellation);
            }

            await Task.WhenAll(ReportAsync(cancellation), RenewAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The kubelet ends; the node controller sees the lease run out.
        }
    }

    /// <summary>Registers the node and reports its first status, trying until the API server takes both.</summary>
    public async Task RegisterAsync(CancellationToken cancellation)
    {
        events.Event(EventSubject(), "Normal", "Starting", "Starting kubelet.");
        for (TimeSpan delay = FirstRetry; ; delay = delay * 2 < LastRetry ? delay * 2 : LastRetry)
        {
            try
            {
                await TryRegisterAsync(cancellation);
                LogRegistered(description.Name);
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogRegisterFailed(description.Name, e.Message);
                await Task.Delay(delay, Time, cancellation);
            }
        }
    }

    private async Task TryRegisterAsync(CancellationToken cancellation)
    {
        // The lease of a node that was there before may have gone with it, and would name it as its owner.
        _lease = null;
        NodeObservation observation = await observe(cancellation);
        Node fresh = NodeObject.New(description, observation);
        Node? existing = await _nodes.FindAsync(null, description.Name, cancellation);
        if (existing is null)
        {
            Node created = await _nodes.CreateAsync(fresh, cancellation);
            Volatile.Write(ref _node, created);
        }
        else
        {
            await UpdateLabelsAsync(existing, cancellation);
            Volatile.Write(ref _node, existing);
        }

        await ReportOnceAsync(observation, cancellation);
        await RenewOnceAsync(cancellation);
    }

    private async Task UpdateLabelsAsync(Node existing, CancellationToken cancellation)
    {
        JsonObject labels = [];
        foreach ((string key, string value) in NodeObject.Labels(description))
        {
            if (existing.Metadata.Labels?.GetValueOrDefault(key) != value)
            {
                labels[key] = value;
            }
        }

        if (labels.Count > 0)
        {
            JsonObject patch = new() { ["metadata"] = new JsonObject { ["labels"] = labels } };
            await _nodes.PatchAsync(null, description.Name, Patch.Strategic(patch), null, cancellation);
        }
    }

    private async Task ReportAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _look.WaitAsync(options.LookPeriod, cancellation);
            try
            {
                await ReportOnceAsync(await observe(cancellation), cancellation);
            }
            catch (KubeApiException e) when (e.IsNotFound)
            {
                LogNodeGone(description.Name);
                await RegisterAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogReportFailed(e.Message);
            }
        }
    }

    private async Task ReportOnceAsync(NodeObservation observation, CancellationToken cancellation)
    {
        Kube.Api.Core.V1.NodeStatus? before = _node!.Status;
        Kube.Api.Core.V1.NodeStatus status = NodeObject.Status(description, observation, before);
        bool changed = before is null || Significant(before) != Significant(status);
        if (!changed && Time.GetUtcNow() - _reportedAt < options.ReportPeriod)
        {
            return;
        }

        JsonObject body = JsonNode.Parse(KubeJson.Serialize(status))!.AsObject();
        body["addresses"]!.AsArray().Insert(0, new JsonObject { ["$patch"] = "replace" });
        Node patched = await _nodes.PatchAsync(
            null, description.Name, Patch.Strategic(new JsonObject { ["status"] = body }), "status", cancellation);
        RecordChanges(before, patched.Status);
        Volatile.Write(ref _node, patched);
        _reportedAt = Time.GetUtcNow();
    }

    /// <summary>The status without its heartbeats.</summary>
    private static string Significant(Kube.Api.Core.V1.NodeStatus status)
    {
        JsonObject copy = JsonNode.Parse(KubeJson.Serialize(status))!.AsObject();
        foreach (JsonNode? condition in copy["conditions"]?.AsArray() ?? [])
        {
            condition!.AsObject().Remove("lastHeartbeatTime");
        }

        return copy.ToJsonString();
    }

    private void RecordChanges(Kube.Api.Core.V1.NodeStatus? before, Kube.Api.Core.V1.NodeStatus? after)
    {
        string? was = before?.Conditions?.Find(c => c.Type == "Ready")?.Status;
        string? now = after?.Conditions?.Find(c => c.Type == "Ready")?.Status;
        if (now == "True" && was != "True")
        {
            events.Event(EventSubject(), "Normal", "NodeReady", $"Node {description.Name} status is now: NodeReady");
        }
        else if (now == "False" && was == "True")
        {
            events.Event(EventSubject(), "Normal", "NodeNotReady", $"Node {description.Name} status is now: NodeNotReady");
        }
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(options.LeaseSeconds / 4.0), Time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await RenewOnceAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                _lease = null;
                LogRenewFailed(e.Message);
            }
        }
    }

    private async Task RenewOnceAsync(CancellationToken cancellation)
    {
        Lease? lease = _lease ?? await _leases.FindAsync(LeaseNamespace, description.Name, cancellation);
        bool create = lease is null;
        lease ??= new Lease { Metadata = new ObjectMeta { Name = description.Name, Namespace = LeaseNamespace } };
        lease.Metadata.OwnerReferences =
            [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = description.Name, Uid = _node!.Metadata.Uid }];
        lease.Spec = new LeaseSpec
        {
            HolderIdentity = description.Name,
            LeaseDurationSeconds = options.LeaseSeconds,
            RenewTime = new MicroTime(Time.GetUtcNow()),
        };
        _lease = create ? await _leases.CreateAsync(lease, cancellation) : await _leases.UpdateAsync(lease, cancellation);
    }

    /// <summary>Events of a node name it by its name where others have a uid, as Kubernetes' kubelet does.</summary>
    private Node EventSubject() => new() { Metadata = new ObjectMeta { Name = description.Name, Uid = description.Name } };

    [LoggerMessage(1, LogLevel.Information, "node {Node} is registered")]
    private partial void LogRegistered(string node);

    [LoggerMessage(2, LogLevel.Warning, "node {Node} could not be registered, it is tried again: {Reason}")]
    private partial void LogRegisterFailed(string node, string reason);

    [LoggerMessage(3, LogLevel.Warning, "node {Node} is gone from the API server and is registered anew")]
    private partial void LogNodeGone(string node);

    [LoggerMessage(4, LogLevel.Warning, "the node's status could not be reported, it is tried again: {Reason}")]
    private partial void LogReportFailed(string reason);

    [LoggerMessage(5, LogLevel.Warning, "the node's lease could not be renewed, it is tried again: {Reason}")]
    private partial void LogRenewFailed(string reason);
}
