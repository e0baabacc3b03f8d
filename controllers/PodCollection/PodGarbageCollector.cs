namespace Kube.Controllers.PodCollection;

/// <summary>
/// Each twenty seconds deletes pods that nobody ends otherwise: terminated ones beyond the threshold, those on nodes
/// that have been gone for a while (asked of the server too), those deleted before they had a node.
/// </summary>
public sealed partial class PodGarbageCollector : QueueController<ObjectKey>
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _quarantine = TimeSpan.FromSeconds(40);
    private readonly SharedInformer<Node> _nodes;
    private readonly SharedInformer<Pod> _pods;
    private readonly int _threshold;
    private readonly Dictionary<string, long> _missingSince = new(StringComparer.Ordinal);

    public PodGarbageCollector(ControllerContext context, int threshold)
        : base(context, "pod-garbage-collector-controller", 1)
    {
        _threshold = threshold;
        _nodes = context.Informers.For<Node>();
        _pods = Pods.Informer(context);
    }

    /// <inheritdoc/>
    protected override async Task RunExtraAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_period, Time);
        try
        {
            do
            {
                await SweepAsync(cancellation).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>Deletes one pod for good.</summary>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_pods.Store.Get(key) is not { } pod)
        {
            return ReconcileResult.Done;
        }

        LogDeleting(Log, key);
        try
        {
            if (!Pods.IsTerminal(pod))
            {
                await FailAsync(pod, cancellation).ConfigureAwait(false);
            }

            var request = new DeleteRequest { GracePeriodSeconds = 0, PreconditionUid = pod.Metadata.Uid };
            await Client.For<Pod>().DeleteAsync(key.Namespace, key.Name, request, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return ReconcileResult.Done;
        }

        return ReconcileResult.Done;
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var pods = _pods.Store.List();
        var gone = await GoneNodesAsync(pods, cancellation).ConfigureAwait(false);
        var garbage = PodGarbage.Terminated(pods, _threshold)
            .Concat(PodGarbage.UnscheduledTerminating(pods))
            .Concat(PodGarbage.Orphaned(pods, gone.Contains));
        foreach (var pod in garbage)
        {
            Queue.Add(ObjectKey.Of(pod));
        }
    }

    /// <summary>Nodes that pods name, that have been missing here for the quarantine and that the server does not know.</summary>
    private async Task<HashSet<string>> GoneNodesAsync(IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var missing = pods.Select(static pod => pod.Spec?.NodeName).OfType<string>()
            .Where(node => node.Length > 0 && _nodes.Store.Get(null, node) is null).ToHashSet(StringComparer.Ordinal);
        foreach (var back in _missingSince.Keys.Where(node => !missing.Contains(node)).ToList())
        {
            _missingSince.Remove(back);
        }

        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in missing)
        {
            if (_missingSince.TryAdd(node, Time.GetTimestamp()) || Time.GetElapsedTime(_missingSince[node]) < _quarantine)
            {
                continue;
            }

            try
            {
                if (await Client.For<Node>().FindAsync(null, node, cancellation).ConfigureAwait(false) is null)
                {
                    gone.Add(node);
                }
            }
            catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException)
            {
                LogUnknown(Log, node, e.Message);
            }
        }

        return gone;
    }

    /// <summary>A pod whose node is gone has failed, whatever its last status says.</summary>
    private Task FailAsync(Pod pod, CancellationToken cancellation)
    {
        var copy = Objects.Copy(pod);
        (copy.Status ??= new PodStatus()).Phase = "Failed";
        var conditions = copy.Status.Conditions ??= [];
        if (!string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            conditions.RemoveAll(static condition => condition.Type == "DisruptionTarget");
            conditions.Add(new PodCondition
            {
                Type = "DisruptionTarget",
                Status = "True",
                Reason = "DeletionByPodGC",
                Message = "PodGC: node no longer exists",
                LastTransitionTime = new Time(Time.GetUtcNow()),
            });
        }

        return Client.For<Pod>().UpdateStatusAsync(copy, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pod {Pod} is garbage, deleting it")]
    private static partial void LogDeleting(ILogger log, ObjectKey pod);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether node {Node} is gone cannot be told: {Reason}")]
    private static partial void LogUnknown(ILogger log, string node, string reason);
}
