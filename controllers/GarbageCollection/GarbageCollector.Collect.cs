using System.Text.Json.Nodes;

namespace Kube.Controllers.GarbageCollection;

/// <summary>What is done about one object.</summary>
public sealed partial class GarbageCollector
{
    private async Task<ReconcileResult> CollectAsync(GraphView view, CancellationToken cancellation)
    {
        if (view is { IsBeingDeleted: true, IsDeletingDependents: false })
        {
            return ReconcileResult.Done; // its dependents follow when it is gone
        }

        var kind = KindOf(view.Identity);
        var latest = await FindAsync(kind, view.Identity, cancellation).ConfigureAwait(false);
        if (latest is null || latest.Metadata.Uid != view.Identity.Uid)
        {
            _graph.Remove(view.Identity.Uid);
            return ReconcileResult.Done;
        }

        if (view.IsVirtual && !IsMonitored(kind))
        {
            // It exists, but no informer will show it: look again now and then whether it still does.
            return ReconcileResult.After(_discoveryPeriod);
        }

        if (view.IsDeletingDependents)
        {
            await FinishForegroundAsync(view, kind, cancellation).ConfigureAwait(false);
            return ReconcileResult.Done;
        }

        if (latest.Metadata.OwnerReferences is { Count: > 0 } owners)
        {
            await JudgeAsync(view, kind, latest, owners, cancellation).ConfigureAwait(false);
        }

        return ReconcileResult.Done;
    }

    /// <summary>Takes the foreground finalizer away once no blocking dependent is left; until then makes them go.</summary>
    private async Task FinishForegroundAsync(GraphView view, ResourceKind kind, CancellationToken cancellation)
    {
        var blocking = view.Dependents.Where(static dependent => dependent.IsBlocking).ToList();
        if (blocking.Count == 0)
        {
            await RemoveFinalizerAsync(kind, view.Identity, OwnerGraph.ForegroundFinalizer, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (var dependent in blocking.Where(static dependent => !dependent.IsDeletingDependents))
        {
            Queue.Add(new Item(dependent.Identity.Uid, IsOrphaning: false));
        }
    }

    private async Task JudgeAsync(GraphView view, ResourceKind kind, MetadataObject latest, List<OwnerReference> owners, CancellationToken cancellation)
    {
        var dangling = new List<OwnerReference>();
        var waiting = new List<OwnerReference>();
        foreach (var owner in owners)
        {
            var ownerObject = await FindOwnerAsync(owner, view.Identity.Namespace, cancellation).ConfigureAwait(false);
            if (ownerObject is null || ownerObject.Metadata.Uid != owner.Uid)
            {
                dangling.Add(owner);
            }
            else if (ownerObject.Metadata.DeletionTimestamp is not null && ownerObject.Metadata.Finalizers?.Contains(OwnerGraph.ForegroundFinalizer) == true)
            {
                waiting.Add(owner);
            }
        }

        if (dangling.Count + waiting.Count < owners.Count)
        {
            if (dangling.Count + waiting.Count > 0)
            {
                await RemoveOwnersAsync(kind, latest, dangling.Concat(waiting), cancellation).ConfigureAwait(false);
            }

            return;
        }

        var policy = Policy(latest, isForeground: waiting.Count > 0 && view.Dependents.Count > 0);
        if (policy == "Foreground" && waiting.Count > 0 && view.Dependents.Any(static dependent => dependent.IsDeletingDependents))
        {
            // A circle of owners, all waiting for each other: nobody blocks any more.
            await UnblockOwnersAsync(kind, latest, cancellation).ConfigureAwait(false);
        }

        await DeleteAsync(kind, latest, policy, cancellation).ConfigureAwait(false);
    }

    private static string Policy(MetadataObject latest, bool isForeground)
    {
        if (isForeground)
        {
            return "Foreground";
        }

        // What the user asked for with its finalizers stays as asked.
        return latest.Metadata.Finalizers switch
        {
            { } finalizers when finalizers.Contains(OwnerGraph.OrphanFinalizer) => "Orphan",
            { } finalizers when finalizers.Contains(OwnerGraph.ForegroundFinalizer) => "Foreground",
            _ => "Background",
        };
    }

    private async Task DeleteAsync(ResourceKind kind, MetadataObject latest, string policy, CancellationToken cancellation)
    {
        var request = new DeleteRequest
        {
            PropagationPolicy = policy,
            PreconditionUid = latest.Metadata.Uid,
            PreconditionResourceVersion = policy == "Foreground" ? null : latest.Metadata.ResourceVersion,
        };
        LogDeleting(Log, $"{kind.Resource} {ObjectKey.Of(latest)}", policy);
        try
        {
            await Client.Metadata(kind).DeleteAsync(latest.Metadata.Namespace, latest.Metadata.Name!, request, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            _graph.Remove(latest.Metadata.Uid!);
        }
    }

    /// <summary>Frees the dependents of their owner, then lets the owner go.</summary>
    private async Task OrphanAsync(GraphView view, CancellationToken cancellation)
    {
        foreach (var dependent in view.Dependents)
        {
            var kind = KindOf(dependent.Identity);
            var latest = await FindAsync(kind, dependent.Identity, cancellation).ConfigureAwait(false);
            if (latest is not null && latest.Metadata.Uid == dependent.Identity.Uid && latest.Metadata.OwnerReferences is { } owners)
            {
                await PatchOwnersAsync(kind, latest, owners.Where(owner => owner.Uid != view.Identity.Uid), cancellation).ConfigureAwait(false);
            }
        }

        await RemoveFinalizerAsync(KindOf(view.Identity), view.Identity, OwnerGraph.OrphanFinalizer, cancellation).ConfigureAwait(false);
    }

    private Task RemoveOwnersAsync(ResourceKind kind, MetadataObject latest, IEnumerable<OwnerReference> owners, CancellationToken cancellation) =>
        PatchOwnersAsync(kind, latest, latest.Metadata.OwnerReferences!.Where(owner => !owners.Contains(owner)), cancellation);

    private Task UnblockOwnersAsync(ResourceKind kind, MetadataObject latest, CancellationToken cancellation)
    {
        foreach (var owner in latest.Metadata.OwnerReferences!)
        {
            owner.BlockOwnerDeletion = false;
        }

        return PatchOwnersAsync(kind, latest, latest.Metadata.OwnerReferences, cancellation);
    }

    /// <summary>Sets the whole list, bound to the version it was made from; works for custom resources too.</summary>
    private Task PatchOwnersAsync(ResourceKind kind, MetadataObject latest, IEnumerable<OwnerReference> owners, CancellationToken cancellation)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = latest.Metadata.ResourceVersion,
                ["ownerReferences"] = new JsonArray([.. owners.Select(static owner => (JsonNode)KubeJson.ToJsonObject(owner))]),
            },
        };
        return PatchAsync(kind, latest.Metadata.Namespace, latest.Metadata.Name!, Patch.Merge(patch), cancellation);
    }

    private async Task PatchAsync(ResourceKind kind, string? ns, string name, Patch patch, CancellationToken cancellation)
    {
        try
        {
            await Client.Metadata(kind).PatchAsync(ns, name, patch, null, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return;
        }
    }

    private async Task RemoveFinalizerAsync(ResourceKind kind, ObjectIdentity identity, string finalizer, CancellationToken cancellation)
    {
        if (await FindAsync(kind, identity, cancellation).ConfigureAwait(false) is not { } latest || latest.Metadata.Uid != identity.Uid ||
            latest.Metadata.Finalizers?.Contains(finalizer) != true)
        {
            return;
        }

        var left = latest.Metadata.Finalizers.Where(other => other != finalizer).Select(static other => (JsonNode)JsonValue.Create(other));
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = latest.Metadata.ResourceVersion, ["finalizers"] = new JsonArray([.. left]) },
        };
        await PatchAsync(kind, identity.Namespace, identity.Name, Patch.Merge(patch), cancellation).ConfigureAwait(false);
    }

    private Task<MetadataObject?> FindOwnerAsync(OwnerReference owner, string ns, CancellationToken cancellation)
    {
        var kind = KindOf(new ObjectIdentity(owner.ApiVersion ?? "", owner.Kind ?? "", ns, owner.Name ?? "", owner.Uid ?? ""));

        // A cluster-wide object cannot have a namespaced owner: such a reference leads nowhere.
        return kind.Namespaced && ns.Length == 0
            ? Task.FromResult<MetadataObject?>(null)
            : Client.Metadata(kind).FindAsync(kind.Namespaced ? ns : null, owner.Name!, cancellation);
    }

    private Task<MetadataObject?> FindAsync(ResourceKind kind, ObjectIdentity identity, CancellationToken cancellation) =>
        Client.Metadata(kind).FindAsync(kind.Namespaced ? identity.Namespace : null, identity.Name, cancellation);

    /// <summary>Throws when the kind is not served (yet): whether the object exists cannot be told, so nothing is deleted.</summary>
    private ResourceKind KindOf(ObjectIdentity identity) =>
        _resources.Find(identity.ApiVersion, identity.Kind)
        ?? throw new InvalidDataException($"no resource serves {identity.Kind} of {identity.ApiVersion}");

    private bool IsMonitored(ResourceKind kind)
    {
        lock (_monitors)
        {
            return _monitors.ContainsKey(kind);
        }
    }
}
