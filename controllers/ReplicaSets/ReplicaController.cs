namespace Kube.Controllers.ReplicaSets;

/// <summary>
/// Keeps as many pods of each owner as it asks for. While it has not yet seen in its informer what it created
/// or deleted it touches no further pod (<see cref="Expectations"/>).
/// </summary>
/// <typeparam name="TOwner">What asks for the pods: a replica set, or what can be shown as one.</typeparam>
public abstract partial class ReplicaController<TOwner> : QueueController<ObjectKey>
    where TOwner : class, IKubeObject, new()
{
    /// <summary>At most so many pods of one set are created or deleted before its status is looked at again.</summary>
    internal const int BurstReplicas = 500;
    private readonly string _kind = new TOwner().Kind!;
    private readonly SharedInformer<TOwner> _sets;
    private readonly SharedInformer<Pod> _pods;
    private readonly Expectations _expectations;
    private readonly PodControl _podControl;
    private readonly EventRecorder _events;

    /// <param name="context">What all controllers share.</param>
    /// <param name="name">The controller's name.</param>
    /// <param name="component">Who its events come from.</param>
    /// <param name="workers">Owners handled at a time.</param>
    protected ReplicaController(ControllerContext context, string name, string component, int workers)
        : base(context, name, workers)
    {
        _expectations = new Expectations(context.Time);
        _events = new EventRecorder(context.Client, component);
        _podControl = new PodControl(context.Client, _events);
        _pods = Pods.Informer(context);
        _sets = context.Informers.For<TOwner>();
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

    /// <summary>The owner as a replica set, of the owner's own kind and with its metadata. Not to be changed.</summary>
    protected abstract ReplicaSet AsSet(TOwner owner);

    /// <summary>Gives a copy of an owner the status that its set should have.</summary>
    protected abstract void SetStatus(TOwner owner, ReplicaSetStatus status);

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_sets.Store.Get(key) is not { } owner)
        {
            _expectations.Forget(key);
            return ReconcileResult.Done;
        }

        var set = AsSet(owner);

        // Asked before the pods are read: an event in between makes the store newer than expected, never older.
        var mayManage = _expectations.AreSatisfied(key);
        var active = Owners.Candidates(_pods.Store, set).Where(Pods.IsActive);
        var pods = await new ControllerClaim<TOwner, Pod>(Client, owner, set.Spec?.Selector).ClaimAsync(active, null, cancellation).ConfigureAwait(false);
        Exception? failure = null;
        if (mayManage && set.Metadata.DeletionTimestamp is null)
        {
            failure = await ManageAsync(key, set, pods, cancellation).ConfigureAwait(false);
        }

        var status = await UpdateStatusAsync(owner, set, pods, failure, cancellation).ConfigureAwait(false);
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
        LogCreating(Log, _kind, key, count);
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
        LogDeleting(Log, _kind, key, chosen.Count);
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

    /// <summary>The pods of all owners with the same owner: of the replica sets of a deployment.</summary>
    private IEnumerable<Pod> Siblings(ReplicaSet set)
    {
        IEnumerable<IKubeObject> sets = Owners.ControllerOf(set) is { Uid: { } owner } ? _sets.Store.ByIndex(Indexers.ByController, owner) : [set];
        return sets.SelectMany(sibling => _pods.Store.ByIndex(Indexers.ByController, sibling.Metadata.Uid ?? ""));
    }

    private async Task<ReplicaSetStatus> UpdateStatusAsync(TOwner owner, ReplicaSet set, List<Pod> pods, Exception? failure, CancellationToken cancellation)
    {
        var status = ReplicaSetStatusOf.Calculate(set, pods, failure, Time.GetUtcNow());
        if (Objects.AreEqual(set.Status, status))
        {
            return status;
        }

        var copy = Objects.Copy(owner);
        SetStatus(copy, status);
        await Client.For<TOwner>().UpdateStatusAsync(copy, cancellation).ConfigureAwait(false);
        return status;
    }
}

/// <summary>Pods of an owner could not be created or deleted. Not to be told again by an event.</summary>
public sealed class ReplicaSetException(Exception inner) : Exception(inner.Message, inner);
