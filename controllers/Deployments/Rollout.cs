using static Kube.Controllers.Deployments.DeploymentConditions;

namespace Kube.Controllers.Deployments;

/// <summary>
/// One look at one deployment: decides (with <see cref="RolloutMath"/> and <see cref="DeploymentStatusOf"/>) and does
/// the next step. Each step changes an object whose informer leads to the next look. Used once, by one task.
/// </summary>
internal sealed partial class Rollout
{
    private readonly KubeClient _client;
    private readonly IEventRecorder _events;
    private readonly Deployment _deployment;
    private readonly Func<ReplicaSet, IReadOnlyList<Pod>> _podsOf;
    private readonly List<ReplicaSet> _old;
    private readonly DeploymentStatus? _stored;
    private ReplicaSet? _newest;

    /// <param name="client">Where changes go.</param>
    /// <param name="events">Where they are told.</param>
    /// <param name="deployment">A copy that the rollout may change.</param>
    /// <param name="sets">The sets it manages; shared, not changed.</param>
    /// <param name="podsOf">The pods that a set manages, those on their way out included.</param>
    public Rollout(
        KubeClient client, IEventRecorder events, Deployment deployment, IReadOnlyList<ReplicaSet> sets, Func<ReplicaSet, IReadOnlyList<Pod>> podsOf)
    {
        _client = client;
        _events = events;
        _deployment = deployment;
        _podsOf = podsOf;
        _stored = deployment.Status is null ? null : Objects.Copy(deployment.Status);
        var template = TemplateBytes(deployment.Spec?.Template);
        _newest = sets.OrderBy(static set => set, RolloutMath.OldestFirst)
            .FirstOrDefault(set => template.AsSpan().SequenceEqual(TemplateBytes(set.Spec?.Template)));
        _old = [.. sets.Where(set => set != _newest)];
    }

    private DateTimeOffset Now => _client.Time.GetUtcNow();

    private IReadOnlyList<ReplicaSet> All => [.. RolloutMath.WithNewest(_newest, _old)];

    public async Task<ReconcileResult> RunAsync(CancellationToken cancellation)
    {
        if (_deployment.Metadata.DeletionTimestamp is not null)
        {
            return await StoreStatusAsync(DeploymentStatusOf.Calculate(_deployment, All, _newest, Now), cancellation).ConfigureAwait(false);
        }

        NotePaused();
        if (_newest is not null)
        {
            await SyncNewestAsync(_newest, cancellation).ConfigureAwait(false);
        }

        if (_deployment.Spec?.Paused == true || IsScaled())
        {
            return await ScaleAsync(cancellation).ConfigureAwait(false);
        }

        return RolloutMath.IsRolling(_deployment)
            ? await RollAsync(cancellation).ConfigureAwait(false)
            : await RecreateAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The template as it is compared: without the label that tells sets apart.</summary>
    private static byte[] TemplateBytes(PodTemplateSpec? template)
    {
        if (template is null)
        {
            return [];
        }

        var json = KubeJson.ToJsonObject(template);
        if (json["metadata"]?["labels"] is System.Text.Json.Nodes.JsonObject labels)
        {
            labels.Remove(DeploymentAnnotations.HashLabel);
        }

        return CanonicalJson.Write(json);
    }

    /// <summary>A paused deployment makes no progress, and none is expected of it; what timed out stays so.</summary>
    private void NotePaused()
    {
        var progressing = Find(_deployment.Status, Progressing);
        if (!DeploymentStatusOf.HasProgressDeadline(_deployment) || progressing?.Reason == "ProgressDeadlineExceeded")
        {
            return;
        }

        var isNoted = progressing?.Reason == "DeploymentPaused";
        if (_deployment.Spec!.Paused && !isNoted)
        {
            Set(_deployment.Status ??= new DeploymentStatus(), New(Progressing, "Unknown", "DeploymentPaused", "Deployment is paused", Now));
        }
        else if (!_deployment.Spec.Paused && isNoted)
        {
            Set(_deployment.Status ??= new DeploymentStatus(), New(Progressing, "Unknown", "DeploymentResumed", "Deployment is resumed", Now));
        }
    }

    /// <summary>The deployment's size is not the one that its active sets were last scaled for.</summary>
    private bool IsScaled() => All.Any(set =>
        RolloutMath.Size(set) > 0 &&
        DeploymentAnnotations.Number(set, DeploymentAnnotations.DesiredReplicas) is { } noted &&
        noted != RolloutMath.Desired(_deployment));

    private async Task<ReconcileResult> ScaleAsync(CancellationToken cancellation)
    {
        foreach (var (set, size) in RolloutMath.Scale(_deployment, _newest, _old))
        {
            await ResizeAsync(set, size, cancellation).ConfigureAwait(false);
        }

        await CleanUpAsync(cancellation).ConfigureAwait(false);
        return await StoreStatusAsync(DeploymentStatusOf.Calculate(_deployment, All, _newest, Now), cancellation).ConfigureAwait(false);
    }

    private async Task<ReconcileResult> RollAsync(CancellationToken cancellation)
    {
        var newest = _newest ?? await CreateNewestAsync(cancellation).ConfigureAwait(false);
        var size = RolloutMath.Size(newest) > RolloutMath.Desired(_deployment)
            ? RolloutMath.Desired(_deployment)
            : RolloutMath.NewSetSize(_deployment, All, RolloutMath.Size(newest));
        if (size != RolloutMath.Size(newest))
        {
            await ResizeAsync(newest, size, cancellation).ConfigureAwait(false);
            return await StoreRolloutStatusAsync(cancellation).ConfigureAwait(false);
        }

        var shrinking = RolloutMath.ShrinkOldSets(_deployment, _old, newest);
        foreach (var (set, less) in shrinking)
        {
            await ResizeAsync(set, less, cancellation).ConfigureAwait(false);
        }

        if (shrinking.Count == 0 && DeploymentStatusOf.IsComplete(_deployment, _deployment.Status))
        {
            await CleanUpAsync(cancellation).ConfigureAwait(false);
        }

        return await StoreRolloutStatusAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<ReconcileResult> RecreateAsync(CancellationToken cancellation)
    {
        var active = _old.Where(static set => RolloutMath.Size(set) > 0).ToList();
        foreach (var set in active)
        {
            await ResizeAsync(set, 0, cancellation).ConfigureAwait(false);
        }

        if (active.Count > 0 || OldPodsRun())
        {
            return await StoreRolloutStatusAsync(cancellation).ConfigureAwait(false);
        }

        var newest = _newest ?? await CreateNewestAsync(cancellation).ConfigureAwait(false);
        await ResizeAsync(newest, RolloutMath.Desired(_deployment), cancellation).ConfigureAwait(false);
        if (DeploymentStatusOf.IsComplete(_deployment, _deployment.Status))
        {
            await CleanUpAsync(cancellation).ConfigureAwait(false);
        }

        return await StoreRolloutStatusAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A pod on its way out still runs: two templates must not run together.</summary>
    private bool OldPodsRun() =>
        _old.Exists(static set => set.Status?.Replicas > 0) || _old.Exists(set => _podsOf(set).Any(static pod => !Pods.IsTerminal(pod)));

    /// <summary>Deletes the oldest revisions beyond the history limit, of those that are empty.</summary>
    private async Task CleanUpAsync(CancellationToken cancellation)
    {
        if (_deployment.Spec?.RevisionHistoryLimit is not { } limit || limit == int.MaxValue)
        {
            return;
        }

        var alive = _old.Where(static set => set.Metadata.DeletionTimestamp is null).ToList();
        var excess = alive.OrderBy(DeploymentAnnotations.RevisionOf).ThenBy(static set => set, RolloutMath.OldestFirst).Take(Math.Max(0, alive.Count - limit));
        foreach (var set in excess)
        {
            if (set.Status?.Replicas is > 0 || RolloutMath.Size(set) != 0 || set.Metadata.Generation > (set.Status?.ObservedGeneration ?? 0))
            {
                continue;
            }

            try
            {
                await _client.For<ReplicaSet>().DeleteAsync(set.Metadata.Namespace, set.Metadata.Name!, null, cancellation).ConfigureAwait(false);
            }
            catch (KubeApiException e) when (e.IsNotFound)
            {
                continue;
            }
        }
    }

    private Task<ReconcileResult> StoreRolloutStatusAsync(CancellationToken cancellation) =>
        StoreStatusAsync(DeploymentStatusOf.CalculateRollout(_deployment, All, _newest, Now), cancellation);

    private async Task<ReconcileResult> StoreStatusAsync(DeploymentStatus status, CancellationToken cancellation)
    {
        if (!Objects.AreEqual(_stored, status))
        {
            _deployment.Status = status;
            await _client.For<Deployment>().UpdateStatusAsync(_deployment, cancellation).ConfigureAwait(false);
        }

        return new ReconcileResult(DeploymentStatusOf.NextProgressCheck(_deployment, status, Now));
    }
}
