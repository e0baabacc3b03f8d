namespace Kube.Controllers.Nodes;

/// <summary>Deletes pods that do not tolerate a NoExecute taint of their node, when their time is up.</summary>
public sealed partial class TaintEvictionController : QueueController<ObjectKey>
{
    private readonly SharedInformer<Node> _nodes;
    private readonly SharedInformer<Pod> _pods;
    private readonly EventRecorder _events;

    public TaintEvictionController(ControllerContext context)
        : base(context, "taint-eviction-controller", 8)
    {
        _events = new EventRecorder(context.Client, "taint-eviction-controller");
        _nodes = context.Informers.For<Node>();
        _pods = Pods.Informer(context);
        _nodes.AddHandler(node => NodeChanged(null, node), NodeChanged);
        _pods.AddHandler(
            PodChanged,
            (old, pod) =>
            {
                if (old.Spec?.NodeName != pod.Spec?.NodeName || old.Spec?.Tolerations?.Count != pod.Spec?.Tolerations?.Count)
                {
                    PodChanged(pod);
                }
            });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_pods.Store.Get(key) is not { Metadata.DeletionTimestamp: null } pod || Pods.IsTerminal(pod) ||
            _nodes.Store.Get(null, pod.Spec?.NodeName ?? "") is not { Spec.Taints: { Count: > 0 } taints })
        {
            return ReconcileResult.Done;
        }

        var now = Time.GetUtcNow();
        if (Tolerations.EvictAt(pod, taints, now) is not { } at)
        {
            return ReconcileResult.Done;
        }

        if (at > now)
        {
            return ReconcileResult.After(at - now);
        }

        await EvictAsync(pod, cancellation).ConfigureAwait(false);
        return ReconcileResult.Done;
    }

    private async Task EvictAsync(Pod pod, CancellationToken cancellation)
    {
        LogEvicting(Log, ObjectKey.Of(pod), pod.Spec!.NodeName!);
        _events.Event(pod, EventTypes.Normal, "TaintManagerEviction", $"Marking for deletion Pod {ObjectKey.Of(pod)}");
        try
        {
            if (Pods.Condition(pod, "DisruptionTarget")?.Status != "True")
            {
                await MarkAsync(pod, cancellation).ConfigureAwait(false);
            }

            var request = new DeleteRequest { PreconditionUid = pod.Metadata.Uid };
            await Client.For<Pod>().DeleteAsync(pod.Metadata.Namespace, pod.Metadata.Name!, request, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return;
        }
    }

    /// <summary>Says on the pod why it goes, so that a job can tell it from a failure of the pod's own.</summary>
    private Task MarkAsync(Pod pod, CancellationToken cancellation)
    {
        var copy = Objects.Copy(pod);
        var conditions = (copy.Status ??= new PodStatus()).Conditions ??= [];
        conditions.RemoveAll(static condition => condition.Type == "DisruptionTarget");
        conditions.Add(new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "DeletionByTaintManager",
            Message = "Taint manager: deleting due to NoExecute taint",
            LastTransitionTime = new Time(Time.GetUtcNow()),
        });
        return Client.For<Pod>().UpdateStatusAsync(copy, cancellation);
    }

    private void NodeChanged(Node? old, Node node)
    {
        if (old is not null && NodeTaints.AreSame(old.Spec?.Taints ?? [], node.Spec?.Taints ?? []))
        {
            return;
        }

        foreach (var pod in _pods.Store.ByIndex(Indexers.ByNode, node.Metadata.Name!))
        {
            Queue.Add(ObjectKey.Of(pod));
        }
    }

    private void PodChanged(Pod pod)
    {
        if (pod.Spec?.NodeName is { Length: > 0 })
        {
            Queue.Add(ObjectKey.Of(pod));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evicting pod {Pod} from node {Node}")]
    private static partial void LogEvicting(ILogger log, ObjectKey pod, string node);
}
