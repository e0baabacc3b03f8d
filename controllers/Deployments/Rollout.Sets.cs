using System.Globalization;
using System.Text.Json.Nodes;
using static Kube.Controllers.Deployments.DeploymentConditions;

namespace Kube.Controllers.Deployments;

/// <summary>Making, naming and sizing replica sets.</summary>
internal sealed partial class Rollout
{
    private long NextRevision => _old.Select(DeploymentAnnotations.RevisionOf).DefaultIfEmpty(0).Max() + 1;

    /// <summary>Brings revision and annotations of the newest set, and the deployment's own revision, up to date.</summary>
    private async Task SyncNewestAsync(ReplicaSet newest, CancellationToken cancellation)
    {
        var copy = Objects.Copy(newest);
        var changed = DeploymentAnnotations.CopyToNewSet(_deployment, copy, NextRevision);
        if (copy.Spec!.MinReadySeconds != _deployment.Spec!.MinReadySeconds)
        {
            copy.Spec.MinReadySeconds = _deployment.Spec.MinReadySeconds;
            changed = true;
        }

        if (changed)
        {
            _newest = await _client.For<ReplicaSet>().UpdateAsync(copy, cancellation).ConfigureAwait(false);
        }

        await SetRevisionAsync(DeploymentAnnotations.RevisionOf(_newest!), cancellation).ConfigureAwait(false);
        if (DeploymentStatusOf.HasProgressDeadline(_deployment) && Find(_deployment.Status, Progressing) is null)
        {
            Set(
                _deployment.Status ??= new DeploymentStatus(),
                New(Progressing, "True", "FoundNewReplicaSet", $"Found new replica set \"{newest.Metadata.Name}\"", Now));
        }
    }

    /// <summary>Creates the set of the present template, as large as it may be now.</summary>
    private async Task<ReplicaSet> CreateNewestAsync(CancellationToken cancellation)
    {
        var hash = TemplateHash.Compute(_deployment.Spec!.Template!, _deployment.Status?.CollisionCount);
        var size = RolloutMath.NewSetSize(_deployment, _old, 0);
        var set = NewSet(hash, size);
        try
        {
            _newest = await _client.For<ReplicaSet>().CreateAsync(set, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsAlreadyExists)
        {
            return await ResolveCollisionAsync(set, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KubeApiException { IsNamespaceTerminating: false })
        {
            await TellCreationFailedAsync(set, e, cancellation).ConfigureAwait(false);
            throw;
        }

        if (size > 0)
        {
            TellScaled("up", _newest, 0, size);
        }

        await SetRevisionAsync(DeploymentAnnotations.RevisionOf(_newest), cancellation).ConfigureAwait(false);
        if (DeploymentStatusOf.HasProgressDeadline(_deployment))
        {
            Set(
                _deployment.Status ??= new DeploymentStatus(),
                New(Progressing, "True", "NewReplicaSetCreated", $"Created new replica set \"{_newest.Metadata.Name}\"", Now));
        }

        return _newest;
    }

    private ReplicaSet NewSet(string hash, int size)
    {
        var template = Objects.Copy(_deployment.Spec!.Template!);
        template.Metadata ??= new ObjectMeta();
        template.Metadata.Labels = new Dictionary<string, string>(template.Metadata.Labels ?? []) { [DeploymentAnnotations.HashLabel] = hash };
        var set = new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = _deployment.Metadata.Name + "-" + hash,
                Namespace = _deployment.Metadata.Namespace,
                OwnerReferences = [Owners.NewControllerReference(_deployment)],
                Labels = new Dictionary<string, string>(template.Metadata.Labels),
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = size,
                MinReadySeconds = _deployment.Spec.MinReadySeconds,
                Selector = LabelMatch.With(_deployment.Spec.Selector, DeploymentAnnotations.HashLabel, hash),
                Template = template,
            },
        };
        DeploymentAnnotations.CopyToNewSet(_deployment, set, NextRevision);
        DeploymentAnnotations.SetReplicas(set, RolloutMath.Desired(_deployment), RolloutMath.Desired(_deployment) + RolloutMath.MaxSurge(_deployment));
        return set;
    }

    /// <summary>
    /// The name is taken: by our own set that the informer does not show yet, which will do, or by another template
    /// with the same hash, so that the next try counts one collision more.
    /// </summary>
    private async Task<ReplicaSet> ResolveCollisionAsync(ReplicaSet wanted, CancellationToken cancellation)
    {
        var existing = await _client.For<ReplicaSet>().GetAsync(wanted.Metadata.Namespace, wanted.Metadata.Name!, cancellation).ConfigureAwait(false);
        if (Owners.IsControlledBy(existing, _deployment) &&
            TemplateBytes(existing.Spec?.Template).AsSpan().SequenceEqual(TemplateBytes(_deployment.Spec?.Template)))
        {
            _newest = existing;
            await SetRevisionAsync(DeploymentAnnotations.RevisionOf(existing), cancellation).ConfigureAwait(false);
            return existing;
        }

        var status = _deployment.Status ??= new DeploymentStatus();
        status.CollisionCount = (status.CollisionCount ?? 0) + 1;
        await _client.For<Deployment>().UpdateStatusAsync(_deployment, cancellation).ConfigureAwait(false);
        throw new RolloutException($"replica set {wanted.Metadata.Name} exists with another template; collision {status.CollisionCount}");
    }

    private async Task TellCreationFailedAsync(ReplicaSet set, Exception failure, CancellationToken cancellation)
    {
        var message = $"Failed to create new replica set \"{set.Metadata.Name}\": {failure.Message}";
        _events.Event(_deployment, EventTypes.Warning, "ReplicaSetCreateError", message);
        if (DeploymentStatusOf.HasProgressDeadline(_deployment))
        {
            var status = DeploymentStatusOf.Calculate(_deployment, All, _newest, Now);
            Set(status, New(Progressing, "False", "ReplicaSetCreateError", message, Now));
            await StoreStatusAsync(status, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a set its size, and notes the deployment's on it; tells of it when the size changes.</summary>
    private async Task ResizeAsync(ReplicaSet set, int size, CancellationToken cancellation)
    {
        var copy = Objects.Copy(set);
        var former = RolloutMath.Size(set);
        copy.Spec!.Replicas = size;
        var noted = DeploymentAnnotations.SetReplicas(
            copy, RolloutMath.Desired(_deployment), RolloutMath.Desired(_deployment) + RolloutMath.MaxSurge(_deployment));
        if (!noted && former == size)
        {
            return;
        }

        var updated = await _client.For<ReplicaSet>().UpdateAsync(copy, cancellation).ConfigureAwait(false);
        if (set == _newest)
        {
            _newest = updated;
        }
        else
        {
            _old[_old.IndexOf(set)] = updated;
        }

        if (former != size)
        {
            TellScaled(former < size ? "up" : "down", updated, former, size);
        }
    }

    private void TellScaled(string direction, ReplicaSet set, int from, int to) =>
        _events.Event(_deployment, EventTypes.Normal, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Metadata.Name} from {from} to {to}");

    /// <summary>Shows the newest set's revision on the deployment, where kubectl rollout reads it.</summary>
    private async Task SetRevisionAsync(long revision, CancellationToken cancellation)
    {
        var text = revision.ToString(CultureInfo.InvariantCulture);
        var annotations = _deployment.Metadata.Annotations ??= [];
        if (annotations.GetValueOrDefault(DeploymentAnnotations.Revision) == text)
        {
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = _deployment.Metadata.ResourceVersion,
                ["annotations"] = new JsonObject { [DeploymentAnnotations.Revision] = text },
            },
        };
        var updated = await _client.For<Deployment>().PatchAsync(
            _deployment.Metadata.Namespace, _deployment.Metadata.Name!, Patch.Merge(patch), null, cancellation).ConfigureAwait(false);
        annotations[DeploymentAnnotations.Revision] = text;
        _deployment.Metadata.ResourceVersion = updated.Metadata.ResourceVersion;
    }
}

/// <summary>A rollout cannot go on now; it is tried again.</summary>
internal sealed class RolloutException(string message) : Exception(message);
