using System.Threading.Channels;
using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Volumes;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// Brings one pod to what is asked of it and reports how it is, one step after the other: nothing of a pod is done by two
/// threads at once. Every trigger (a change of the pod, something that happened to a container, a probe's answer, a
/// back-off that ended) makes it look at everything anew. It ends when the pod is gone from node and API server.
/// </summary>
internal sealed partial class PodWorker : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfterError = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefreshVolumesAfter = TimeSpan.FromSeconds(60);

    private readonly PodServices _services;
    private readonly ImagePuller _images;
    private readonly ContainerBackOff _restarts;
    private readonly ContainerBackOff _retries = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(2));
    private readonly Dictionary<string, WaitingReason> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _failedStarts = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<PodWorker> _finished;
    private readonly Func<PodWorker, Pod, string?> _resizing;
    private volatile Desired _desired;
    private PodStatus? _status;
    private DateTimeOffset _volumesAt;
    private Pod? _volumesOf;
    private IReadOnlyDictionary<string, MountedVolume> _volumes = new Dictionary<string, MountedVolume>();
    private Task _running = Task.CompletedTask;

    /// <param name="services">What to work with.</param>
    /// <param name="pod">The pod as the API server or a file has it.</param>
    /// <param name="rejected">Why this node does not run the pod, if it does not.</param>
    /// <param name="finished">Called once when the pod is gone.</param>
    /// <param name="resizing">Asks the node for other resources: null when the pod has them from now on, else the state of its wish.</param>
    public PodWorker(PodServices services, Pod pod, PodRejection? rejected, Action<PodWorker> finished, Func<PodWorker, Pod, string?> resizing)
    {
        _services = services;
        _desired = new Desired(pod, false);
        _rejected = rejected;
        _finished = finished;
        _resizing = resizing;
        _restarts = ContainerBackOff.UpTo(services.Node.RestartBackOffMax);
        _images = new ImagePuller(services.Runtime, services.Events, services.Objects, services.Time);
    }

    private volatile PodRejection? _rejected;

    /// <summary>The pod as last heard of.</summary>
    public Pod Pod => _desired.Pod;

    /// <summary>The status last made, or the one the pod came with.</summary>
    public PodStatus? Status => _status ?? Pod.Status;

    /// <summary>Whether the pod's source no longer has it.</summary>
    public bool Ending => _desired.Removed;

    /// <summary>Whether the pod counts against the node's resources.</summary>
    public bool Active => _rejected is null && !Status.IsTerminal();

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>The pod changed.</summary>
    public void Update(Pod pod)
    {
        Desired before = _desired;
        if (before.Removed)
        {
            return;
        }

        _desired = new Desired(pod, false);
        if (Matters(before.Pod, pod))
        {
            Signal();
        }
    }

    /// <summary>Whether a change is more than this kubelet's own report coming back.</summary>
    private static bool Matters(Pod before, Pod now) =>
        before.Metadata.DeletionTimestamp != now.Metadata.DeletionTimestamp
        || before.Metadata.DeletionGracePeriodSeconds != now.Metadata.DeletionGracePeriodSeconds
        || !Same(before.Metadata.Labels, now.Metadata.Labels)
        || !Same(before.Metadata.Annotations, now.Metadata.Annotations)
        || !Same(Foreign(before), Foreign(now))
        || !KubeJson.Serialize(before.Spec!).AsSpan().SequenceEqual(KubeJson.Serialize(now.Spec!));

    private static bool Same(Dictionary<string, string>? a, Dictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a ?? []).All(p => b!.TryGetValue(p.Key, out string? value) && value == p.Value);

    private static Dictionary<string, string> Foreign(Pod pod) => (pod.Status?.Conditions ?? [])
        .Where(c => !PodStatusBuilder.OwnConditions.Contains(c.Type))
        .ToDictionary(c => c.Type!, c => c.Status ?? "", StringComparer.Ordinal);

    /// <summary>The pod is no longer there, and this is how it was last: end it and forget it.</summary>
    public void Remove(Pod last)
    {
        _desired = new Desired(last, true);
        Signal();
    }

    /// <summary>Something may have happened to the pod.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Stops working on the pod; its containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _ended.TrySetCanceled();
        _reclaim?.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            TimeSpan? wake = TimeSpan.Zero;
            while (!_stop.IsCancellationRequested)
            {
                await WaitAsync(wake);
                wake = await StepAsync();
                if (_gone)
                {
                    _finished(this);
                    _ended.TrySetResult();
                    _reclaim?.TrySetResult();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The kubelet ends; the pod goes on.
        }
    }

    /// <summary>One look at everything; answers when to look again if nothing happens before.</summary>
    private async Task<TimeSpan?> StepAsync()
    {
        try
        {
            TimeSpan? wake = await SyncAsync(_stop.Token);
            _retries.Reset("step");
            return wake;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            LogSyncFailed(e, Pod.Describe(), e is RpcException rpc ? CriError.Text(rpc) : e.Message);
            DateTimeOffset now = _services.Time.GetUtcNow();
            _retries.Next("step", now, now);
            TimeSpan delay = _retries.Delay("step");
            return delay < RetryAfterError ? delay : RetryAfterError;
        }
    }

    private async Task WaitAsync(TimeSpan? wake)
    {
        if (_signals.Reader.TryRead(out _) || wake == TimeSpan.Zero)
        {
            return;
        }

        ValueTask<bool> signal = _signals.Reader.ReadAsync(_stop.Token);
        if (wake is not { } limit)
        {
            await signal;
            return;
        }

        Task<bool> pending = signal.AsTask();
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task delay = Task.Delay(limit, _services.Time, timer.Token);
        if (await Task.WhenAny(pending, delay) == delay && !pending.IsCompleted)
        {
            // Wakes the reader that is already waiting; a true signal in between does the same.
            Signal();
        }

        await pending;
        await timer.CancelAsync();
    }

    private sealed record Desired(Pod Pod, bool Removed);
}
