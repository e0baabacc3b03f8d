namespace Kube.Controllers.ReplicaSets;

/// <summary>
/// Keeps as many pods of each replica set as it asks for. While it has not yet seen in its informer what it created
/// or deleted it touches no further pod (<see cref="Expectations"/>).
/// </summary>
public sealed partial class ReplicaSetController : QueueController<ObjectKey>
{
    /// <summary>At most so many pods of one set are created or deleted before its status is looked at again.</summary>
    internal const int BurstReplicas = 500;
    private readonly SharedInformer<ReplicaSet> _sets;
    private readonly SharedInformer<Pod> _pods;
    private readonly Expectations _expectations;
    private readonly PodControl _podControl;
    private readonly EventRecorder _events;

    public ReplicaSetController(ControllerContext context, int workers = 5)
        : base(context, "replicaset-controller", workers)
    {
        _expectations = new Expectations(context.Time);
        _events = new EventRecorder(context.Client, "replicaset-controller");
        _podControl = new PodControl(context.Client, _events);
        _pods = Pods.Informer(context);
        _sets = context.Informers.For<ReplicaSet>();
        _sets.EnsureIndexer(Indexers.ByController, Indexers.Controller);
        _sets.AddHandler(
            set => Queue.Add(ObjectKey.Of(set)),
            (_, set) => Queue.Add(ObjectKey.Of(set)),
            (set, _) =>
            {
                _expectations.Forget(ObjectKey.Of(set));
                Queue.Add(ObjectKey.Of(set));
            });
        _pods.AddHandler(PodAdded, PodUpdated, (pod, _) => PodDeleted(pod));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_sets.Store.Get(key) is not { } set)
        {
            _expectations.Forget(key);
            return ReconcileResult.Done;
        }

        // Asked before the pods are read: an event in between makes the store newer than expected, never older.
        var mayManage = _expectations.AreSatisfied(key);
        var active = Owners.Candidates(_pods.Store, set).Where(Pods.IsActive);
        var pods = await new ControllerClaim<ReplicaSet, Pod>(Client, set, set.Spec?.Selector).ClaimAsync(active, null, cancellation).ConfigureAwait(false);
        Exception? failure = null;
        if (mayManage && set.Metadata.DeletionTimestamp is null)
        {
            failure = await ManageAsync(key, set, pods, cancellation).ConfigureAwait(false);
        }

        var status = await UpdateStatusAsync(set, pods, failure, cancellation).ConfigureAwait(false);
        if (failure is not null)
        {
            throw new ReplicaSetException(failure);
        }

        var minReady = set.Spec?.MinReadySeconds ?? 0;
        var wanted = set.Spec?.Replicas ?? 1;
        return minReady > 0 && status.ReadyReplicas == wanted && status.AvailableReplicas != wanted
            ? ReconcileResult.After(TimeSpan.FromSeconds(minReady))
            : ReconcileResult.Done;
    }

    /// <summary>Creates or deletes pods; returns the first failure.</summary>
    private async Task<Exception?> ManageAsync(ObjectKey key, ReplicaSet set, List<Pod> pods, CancellationToken cancellation)
    {
        var excess = pods.Count - (set.Spec?.Replicas ?? 1);
        if (excess == 0)
        {
            return null;
        }

        var count = Math.Min(Math.Abs(excess), BurstReplicas);
        return excess < 0
            ? await CreateAsync(key, set, count, cancellation).ConfigureAwait(false)
            : await DeleteAsync(key, set, pods, count, cancellation).ConfigureAwait(false);
    }

    private async Task<Exception?> CreateAsync(ObjectKey key, ReplicaSet set, int count, CancellationToken cancellation)
    {
        LogCreating(Log, key, count);
        _expectations.ExpectCreations(key, count);
        var (succeeded, failure) = await SlowStart.RunAsync(count, async () =>
        {
            await _podControl.CreateAsync(set, set.Spec?.Template ?? new PodTemplateSpec(), cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        for (var i = succeeded; i < count; i++)
        {
            _expectations.CreationObserved(key);
        }

        // Whatever is created in a namespace that goes away fails; there is nothing to try again.
        return failure is KubeApiException { IsNamespaceTerminating: true } ? null : failure;
    }

    private async Task<Exception?> DeleteAsync(ObjectKey key, ReplicaSet set, List<Pod> pods, int count, CancellationToken cancellation)
    {
        var chosen = PodDeletionOrder.Choose(pods, Siblings(set), count, Time.GetUtcNow());
        LogDeleting(Log, key, chosen.Count);
        _expectations.ExpectDeletions(key, chosen.Select(static pod => pod.Metadata.Uid ?? ""));
        var failures = await Task.WhenAll(chosen.Select(pod => DeleteOneAsync(key, set, pod, cancellation))).ConfigureAwait(false);
        return Array.Find(failures, static failure => failure is not null);
    }

    private async Task<Exception?> DeleteOneAsync(ObjectKey key, ReplicaSet set, Pod pod, CancellationToken cancellation)
    {
        try
        {
            if (!await _podControl.DeleteAsync(set, pod, cancellation).ConfigureAwait(false))
            {
                _expectations.DeletionObserved(key, pod.Metadata.Uid ?? "");
            }

            return null;
        }
        catch (Exception e) when (e is not InvariantException)
        {
            _expectations.DeletionObserved(key, pod.Metadata.Uid ?? "");
            return e; // told by an event, and thrown by ReconcileAsync once the status shows it
        }
    }

    /// <summary>The pods of all replica sets of the same deployment.</summary>
    private IEnumerable<Pod> Siblings(ReplicaSet set)
    {
        var sets = Owners.ControllerOf(set) is { Uid: { } owner } ? _sets.Store.ByIndex(Indexers.ByController, owner) : [set];
        return sets.SelectMany(sibling => _pods.Store.ByIndex(Indexers.ByController, sibling.Metadata.Uid ?? ""));
    }

    private async Task<ReplicaSetStatus> UpdateStatusAsync(ReplicaSet set, List<Pod> pods, Exception? failure, CancellationToken cancellation)
    {
        var status = ReplicaSetStatusOf.Calculate(set, pods, failure, Time.GetUtcNow());
        if (Objects.AreEqual(set.Status, status))
        {
            return status;
        }

        var copy = Objects.Copy(set);
        copy.Status = status;
        return (await Client.For<ReplicaSet>().UpdateStatusAsync(copy, cancellation).ConfigureAwait(false)).Status ?? status;
    }
}

/// <summary>Pods of a replica set could not be created or deleted. Not to be told again by an event.</summary>
public sealed class ReplicaSetException(Exception inner) : Exception(inner.Message, inner);
