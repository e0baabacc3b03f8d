namespace Kube.Controllers.Deployments;

/// <summary>
/// Brings the replica sets of a deployment to its template and size: a set per template, the newest growing and the
/// others shrinking within the bounds of its strategy.
/// </summary>
public sealed partial class DeploymentController : QueueController<ObjectKey>
{
    private readonly SharedInformer<Deployment> _deployments;
    private readonly SharedInformer<ReplicaSet> _sets;
    private readonly SharedInformer<Pod> _pods;
    private readonly EventRecorder _events;

    public DeploymentController(ControllerContext context, int workers = 5)
        : base(context, "deployment-controller", workers)
    {
        _events = new EventRecorder(context.Client, "deployment-controller");
        _deployments = context.Informers.For<Deployment>();
        _sets = context.Informers.For<ReplicaSet>();
        _sets.EnsureIndexer(Indexers.ByController, Indexers.Controller);
        _sets.EnsureIndexer(Owners.Orphans, Owners.OrphanNamespace);
        _pods = Pods.Informer(context);
        _deployments.AddHandler(
            deployment => Queue.Add(ObjectKey.Of(deployment)),
            (_, deployment) => Queue.Add(ObjectKey.Of(deployment)),
            (deployment, _) => Queue.Add(ObjectKey.Of(deployment)));
        _sets.AddHandler(SetAdded, SetUpdated, (set, _) => SetDeleted(set));
        _pods.AddHandler(added: null, deleted: (pod, _) => PodDeleted(pod));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_deployments.Store.Get(key) is not { } shared)
        {
            return ReconcileResult.Done;
        }

        var deployment = Objects.Copy(shared);
        if (deployment.Spec?.Selector is null || LabelMatch.IsEverything(deployment.Spec.Selector))
        {
            _events.Event(deployment, EventTypes.Warning, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            return ReconcileResult.Done;
        }

        var claim = new ControllerClaim<Deployment, ReplicaSet>(Client, deployment, deployment.Spec.Selector);
        var sets = await claim.ClaimAsync(Owners.Candidates(_sets.Store, deployment), null, cancellation).ConfigureAwait(false);
        var rollout = new Rollout(Client, _events, deployment, sets, PodsOf);
        return await rollout.RunAsync(cancellation).ConfigureAwait(false);
    }

    private IReadOnlyList<Pod> PodsOf(ReplicaSet set) => _pods.Store.ByIndex(Indexers.ByController, set.Metadata.Uid ?? "");

    private void SetAdded(ReplicaSet set)
    {
        if (set.Metadata.DeletionTimestamp is not null)
        {
            SetDeleted(set);
        }
        else if (Owners.ControllerOf(set) is not null)
        {
            AddOwner(set);
        }
        else
        {
            AddMatching(set);
        }
    }

    private void SetUpdated(ReplicaSet old, ReplicaSet set)
    {
        if (old.Metadata.ResourceVersion == set.Metadata.ResourceVersion)
        {
            return;
        }

        if (Owners.ControllerOf(old)?.Uid != Owners.ControllerOf(set)?.Uid)
        {
            AddOwner(old);
        }

        if (Owners.ControllerOf(set) is not null)
        {
            AddOwner(set);
        }
        else
        {
            AddMatching(set);
        }
    }

    private void SetDeleted(ReplicaSet set) => AddOwner(set);

    /// <summary>A deployment that recreates waits for the last pod of its old sets to go.</summary>
    private void PodDeleted(Pod pod)
    {
        if (Owners.KeyOfController(pod, "ReplicaSet") is { } setKey && _sets.Store.Get(setKey) is { } set &&
            Owners.IsControlledBy(pod, set) && DeploymentOf(set) is { Spec.Strategy.Type: "Recreate" } deployment)
        {
            Queue.Add(ObjectKey.Of(deployment));
        }
    }

    private Deployment? DeploymentOf(ReplicaSet set) =>
        Owners.KeyOfController(set, "Deployment") is { } key && _deployments.Store.Get(key) is { } deployment && Owners.IsControlledBy(set, deployment)
            ? deployment
            : null;

    private void AddOwner(ReplicaSet set)
    {
        if (DeploymentOf(set) is { } deployment)
        {
            Queue.Add(ObjectKey.Of(deployment));
        }
    }

    private void AddMatching(ReplicaSet set)
    {
        foreach (var deployment in _deployments.Store.List(set.Metadata.Namespace))
        {
            if (LabelMatch.Matches(deployment.Spec?.Selector, set.Metadata.Labels))
            {
                Queue.Add(ObjectKey.Of(deployment));
            }
        }
    }
}
