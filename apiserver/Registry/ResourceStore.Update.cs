using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Validation;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Storage;

namespace Kube.ApiServer.Registry;

/// <summary>
/// Makes the wanted object from the stored one, which it may change and return. Called again when another writer came
/// in between, so it must not keep anything.
/// </summary>
public delegate ValueTask<JsonObject> ObjectChange(JsonObject current);

public sealed partial class ResourceStore
{
    /// <summary>
    /// Replaces an object by what <paramref name="change"/> makes of it, in a loop until no other writer comes in
    /// between. Where the resource allows it and the object is absent, <paramref name="absent"/> gives the one to create.
    /// </summary>
    /// <exception cref="KubeStatusException">Not found, refused, or a precondition of the new object failed.</exception>
    public async Task<StoredResult> UpdateAsync(
        WriteContext context, string ns, string name, ObjectChange change, Func<ValueTask<JsonObject>>? absent, CancellationToken cancellationToken)
    {
        var (current, revision, fresh) = await ReadForWriteAsync(ns, name, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < MaxConflictRetries; attempt++)
        {
            if (current is null)
            {
                if (absent is null)
                {
                    throw ApiErrors.NotFound(Definition, name);
                }

                try
                {
                    return await CreateAsync(context with { Subresource = "" }, ns, await absent().ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                }
                catch (KubeStatusException exception) when (exception.Status.Reason == "AlreadyExists" && !context.DryRun)
                {
                    // Somebody else made it in between.
                    (current, revision, fresh) = await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
                    continue;
                }
            }

            var attemptResult = await TryUpdateAsync(context, ns, name, current, revision, fresh, change, cancellationToken).ConfigureAwait(false);
            if (attemptResult.Result is { } result)
            {
                return result;
            }

            (current, revision, fresh) = attemptResult.Latest is { } latest
                ? (ServedFrom(latest), latest.ModRevision, true)
                : await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
        }

        throw ApiErrors.Conflict(Definition, name, "the object is being changed too often to be written");
    }

    private async Task<(StoredResult? Result, StoredObject? Latest)> TryUpdateAsync(
        WriteContext context, string ns, string name, JsonObject current, long revision, bool fresh, ObjectChange change, CancellationToken cancellationToken)
    {
        JsonObject updated;
        var request = default(AdmissionRequest);
        IAllocation? allocation = null;
        var written = false;
        try
        {
            try
            {
                updated = await change((JsonObject)current.DeepClone()).ConfigureAwait(false);
                ApplyDefaults(updated);
                CheckUpdate(new ObjectAccessor(updated), new ObjectAccessor(current), ns, name);
                request = Admission(AdmissionOperation.Update, context, ns, name, updated, current);
                await AdmissionPlugins.MutateAsync(request, cancellationToken).ConfigureAwait(false);
                PrepareForUpdate(context, updated, current);
                RecordOwner(context, updated, current);
                allocation = await Strategy.AllocateAsync(updated, current, context.DryRun, cancellationToken).ConfigureAwait(false);
                Refuse(name, ObjectRules.ValidateUpdate(updated, current, Definition.Info, RulesOf(context)));
                await AdmissionPlugins.ValidateAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeStatusException) when (!fresh)
            {
                // The cached object may be behind the store: what it forbids, the present one may allow.
                return (null, null);
            }

            if (ObjectJson.Same(updated, current))
            {
                // A write that changes nothing is none; but only the store can tell that nothing changes.
                return fresh ? (new StoredResult(current, false), null) : (null, null);
            }

            var end = MayEnd(updated);
            if (context.DryRun)
            {
                // No write will tell that the cached object was behind the store.
                return fresh ? (new StoredResult(updated, false), null) : (null, null);
            }

            var key = StorageKey(ns, name);
            var outcome = end
                ? await _storage.DeleteAsync(key, revision, cancellationToken).ConfigureAwait(false)
                : await _storage.UpdateAsync(key, EncodeForStorage(updated), revision, Strategy.TimeToLive, cancellationToken).ConfigureAwait(false);
            if (!outcome.Succeeded)
            {
                return (null, outcome.Current);
            }

            written = true;
            new ObjectAccessor(updated).ResourceVersion = Format(outcome.Revision);
            if (end)
            {
                await Strategy.ReleaseAsync(updated, cancellationToken).ConfigureAwait(false);
            }

            return (new StoredResult(updated, false), null);
        }
        finally
        {
            await EndAsync(allocation, written).ConfigureAwait(false);
        }
    }

    /// <summary>An object that is being deleted ends when its last finalizer is gone and its grace period is over.</summary>
    private bool MayEnd(JsonObject obj)
    {
        var accessor = new ObjectAccessor(obj);
        return accessor.IsDeleting
            && accessor.Finalizers.Count == 0
            && (accessor.DeletionGracePeriodSeconds ?? 0) == 0
            && Strategy.MayBeRemoved(obj);
    }

    private void CheckUpdate(ObjectAccessor updated, ObjectAccessor current, string ns, string name)
    {
        EnsureNamespace(updated, ns);
        if (updated.Name.Length == 0)
        {
            updated.Name = name;
        }

        if (updated.Name != name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({updated.Name}) does not match the name on the URL ({name})");
        }

        if (updated.ResourceVersion is "" or "0")
        {
            if (!Strategy.AllowUnconditionalUpdate)
            {
                throw ApiErrors.Invalid(Definition, name, [ApiErrors.MissingResourceVersion()]);
            }

            updated.ResourceVersion = current.ResourceVersion;
        }
        else if (!updated.ResourceVersion.All(char.IsAsciiDigit))
        {
            throw ApiErrors.InvalidResourceVersion(Definition, name, updated.ResourceVersion);
        }
        else if (updated.ResourceVersion != current.ResourceVersion)
        {
            throw ApiErrors.Conflict(Definition, name, "the object has been modified; please apply your changes to the latest version and try again");
        }

        if (updated.Uid.Length > 0 && updated.Uid != current.Uid)
        {
            throw ApiErrors.Conflict(Definition, name, $"Precondition failed: UID in precondition: {updated.Uid}, UID in object meta: {current.Uid}");
        }
    }

    private void PrepareForUpdate(WriteContext context, JsonObject obj, JsonObject old)
    {
        var updated = new ObjectAccessor(obj);
        var current = new ObjectAccessor(old);
        updated.Uid = current.Uid;
        updated.CreationTimestamp = current.CreationTimestamp;
        updated.GenerateName = current.GenerateName;
        updated.DeletionTimestamp = current.DeletionTimestamp;
        updated.DeletionGracePeriodSeconds = current.DeletionGracePeriodSeconds;
        updated.Namespace = current.Namespace;
        updated.Metadata.Remove("selfLink");
        CopyGeneration(old, obj);
        if (context.Subresource.Length == 0)
        {
            Strategy.PrepareForUpdate(obj, old);
        }
        else if (Definition.Subresources.GetValueOrDefault(context.Subresource) is IObjectSubresource subresource)
        {
            subresource.PrepareForUpdate(obj, old);
        }

        if (Strategy.HasGeneration && !SameButMetadataAndStatus(obj, old))
        {
            updated.Generation = current.Generation + 1;
        }
    }

    /// <summary>The subresource whose rules hold: a scale is an update of the object like any other.</summary>
    private static string RulesOf(WriteContext context) => context.Subresource == "scale" ? "" : context.Subresource;

    private static void CopyGeneration(JsonObject old, JsonObject obj)
    {
        var metadata = new ObjectAccessor(obj).Metadata;
        metadata.Remove("generation");
        if ((old["metadata"] as JsonObject)?["generation"] is { } generation)
        {
            metadata["generation"] = generation.DeepClone();
        }
    }

    private static bool SameButMetadataAndStatus(JsonObject a, JsonObject b)
    {
        foreach (var name in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
        {
            if (name is not ("metadata" or "status") && !JsonNode.DeepEquals(a[name], b[name]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The object to start a write from: the cached one, good enough since the write is conditional.</summary>
    private async Task<(JsonObject? Object, long Revision, bool Fresh)> ReadForWriteAsync(string ns, string name, CancellationToken cancellationToken)
    {
        if (Cache.Snapshot?.Objects.Find(Definition.KeyOf(ns, name)) is { } cached)
        {
            return (Served(cached), cached.Revision, false);
        }

        return await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(JsonObject? Object, long Revision, bool Fresh)> ReadFreshAsync(string ns, string name, CancellationToken cancellationToken)
    {
        var read = await _storage.GetAsync(StorageKey(ns, name), cancellationToken).ConfigureAwait(false);
        return read.Object is { } stored ? (ServedFrom(stored), stored.ModRevision, true) : (null, 0, true);
    }
}
