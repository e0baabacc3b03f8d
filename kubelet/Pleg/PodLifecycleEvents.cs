using Grpc.Core;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Microsoft.Extensions.Logging;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Pleg;

/// <summary>
/// Tells which pods something happened to in the runtime: from the runtime's own events where it has them, and from a list
/// of everything each second, which misses nothing. Also finds what belongs to no pod any more.
/// </summary>
internal sealed partial class PodLifecycleEvents(ICriRuntime runtime, string kubeletName, TimeProvider time, ILogger logger)
{
    /// <summary>A node whose last complete list is older than this is not healthy.</summary>
    public static readonly TimeSpan HealthyWithin = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(5);

    private Dictionary<string, int> _known = [];
    private long _lastListTicks;

    /// <summary>Called with the uid of a pod that something happened to.</summary>
    public Action<string> Happened { get; init; } = static _ => { };

    /// <summary>Called after every list with the uids of all pods that the runtime has something of.</summary>
    public Action<IReadOnlyCollection<string>> Listed { get; init; } = static _ => { };

    /// <summary>When the last complete list was made; null before the first.</summary>
    public DateTimeOffset? LastList => Volatile.Read(ref _lastListTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Why the lists are not healthy, or null when they are.</summary>
    public string? Unhealthy()
    {
        if (LastList is not { } last)
        {
            return "PLEG is not healthy: pleg has yet to be successful";
        }

        TimeSpan elapsed = time.GetUtcNow() - last;
        return elapsed > HealthyWithin
            ? $"PLEG is not healthy: pleg was last seen active {GoDuration.Format(elapsed)} ago; threshold is 3m0s"
            : null;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(ListAsync(cancellation), FollowAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The kubelet ends, perhaps while it asks a runtime behind a socket.
        }
    }

    /// <summary>Lists everything once.</summary>
    public async Task ListOnceAsync(CancellationToken cancellation)
    {
        Dictionary<string, int> next = [];
        Cri.PodSandboxFilter sandboxes = new() { LabelSelector = { [KubeletLabels.Kubelet] = kubeletName } };
        foreach (Cri.PodSandbox sandbox in await runtime.ListPodSandboxAsync(sandboxes, cancellation))
        {
            Add(next, sandbox.Labels, sandbox.Id, (int)sandbox.State);
        }

        Cri.ContainerFilter containers = new() { LabelSelector = { [KubeletLabels.Kubelet] = kubeletName } };
        foreach (Cri.Container container in await runtime.ListContainersAsync(containers, cancellation))
        {
            Add(next, container.Labels, container.Id, (int)container.State);
        }

        foreach (string uid in next.Keys.Union(_known.Keys))
        {
            if (!next.TryGetValue(uid, out int now) || !_known.TryGetValue(uid, out int before) || now != before)
            {
                Happened(uid);
            }
        }

        _known = next;
        Volatile.Write(ref _lastListTicks, time.GetUtcNow().UtcTicks);
        Listed(next.Keys);
    }

    /// <summary>Adds what is known of one thing to its pod's sum, which does not depend on the order of the list.</summary>
    private static void Add(Dictionary<string, int> pods, IDictionary<string, string> labels, string id, int state)
    {
        if (labels.TryGetValue(KubeletLabels.PodUid, out string? uid))
        {
            pods[uid] = unchecked(pods.GetValueOrDefault(uid) + HashCode.Combine(id, state));
        }
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(Period, time);
        do
        {
            try
            {
                await ListOnceAsync(cancellation);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                LogListFailed(CriError.Text(e));
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await foreach (Cri.ContainerEventResponse happened in runtime.GetContainerEventsAsync(cancellation))
                {
                    if (happened.PodSandboxStatus?.Metadata?.Uid is { Length: > 0 } uid)
                    {
                        Happened(uid);
                    }
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                // An older runtime: the lists alone tell.
                return;
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                LogEventsFailed(CriError.Text(e));
            }

            await Task.Delay(ReconnectAfter, time, cancellation);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "the runtime's containers could not be listed: {Reason}")]
    private partial void LogListFailed(string reason);

    [LoggerMessage(2, LogLevel.Warning, "the runtime's events ended: {Reason}")]
    private partial void LogEventsFailed(string reason);
}
