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
        var start = await ReadForWriteAsync(ns, name, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < MaxConflictRetries; attempt++)
        {
            if (!start.Exists)
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
                    start = await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
                    continue;
                }
            }

            var preparing = PrepareChangeAsync(context, ns, name, start.Take(), start.IsFresh, change, cancellationToken);
            var (result, latest) = await WriteChangeAsync(ns, name, start.Revision, preparing, cancellationToken).ConfigureAwait(false);
            if (result is not null)
            {
                return result;
            }

            start = latest is null ? await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false) : FreshStart(latest);
        }

        throw ApiErrors.Conflict(Definition, name, "the object is being changed too often to be written");
    }

    /// <summary>
    /// All that is done to a changed object before it is written. The prepared write, or what there is without one, or neither: then it must be
    /// tried again on the store's own object.
    /// </summary>
    private async Task<(PreparedWrite? Write, StoredResult? Result)> PrepareChangeAsync(
        WriteContext context, string ns, string name, JsonObject current, bool fresh, ObjectChange change, CancellationToken cancellationToken)
    {
        JsonObject updated;
        IAllocation? allocation = null;
        var passed = false;
        try
        {
            try
            {
                updated = await change((JsonObject)current.DeepClone()).ConfigureAwait(false);
                ApplyDefaults(updated);
                CheckUpdate(new ObjectAccessor(updated), new ObjectAccessor(current), ns, name);
                var request = Admission(AdmissionOperation.Update, context, ns, name, updated, current);
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
                return (null, fresh ? new StoredResult(current, false) : null);
            }

            if (context.DryRun)
            {
                // No write will tell that the cached object was behind the store.
                return (null, fresh ? new StoredResult(updated, false) : null);
            }

            var prepared = MayEnd(updated)
                ? new PreparedWrite { Name = name, Bytes = [], Object = updated, Ends = true, Allocation = allocation }
                : Prepared(updated, allocation, keepObject: false);
            passed = true;
            return (prepared, null);
        }
        finally
        {
            if (!passed)
            {
                await EndAsync(allocation, written: false).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes what has been prepared; as with a new object, its trees are free by then. Neither when another writer was there first.</summary>
    private async Task<(StoredResult? Result, StoredObject? Latest)> WriteChangeAsync(
        string ns, string name, long revision, Task<(PreparedWrite? Write, StoredResult? Result)> preparing, CancellationToken cancellationToken)
    {
        var (prepared, unwritten) = await preparing.ConfigureAwait(false);
        if (prepared is null)
        {
            return (unwritten, null);
        }

        var written = false;
        try
        {
            var key = StorageKey(ns, name);
            var outcome = prepared.Ends
                ? await _storage.DeleteAsync(key, revision, cancellationToken).ConfigureAwait(false)
                : await _storage.UpdateAsync(key, prepared.Bytes, revision, Strategy.TimeToLive, cancellationToken).ConfigureAwait(false);
            if (!outcome.Succeeded)
            {
                return (null, outcome.Current);
            }

            written = true;
            var result = prepared.Stored(outcome.Revision, created: false);
            if (prepared.Ends)
            {
                await Strategy.ReleaseAsync(result.Object, cancellationToken).ConfigureAwait(false);
            }

            return (result, null);
        }
        finally
        {
            await EndAsync(prepared.Allocation, written).ConfigureAwait(false);
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
    private async Task<WriteStart> ReadForWriteAsync(string ns, string name, CancellationToken cancellationToken)
    {
        if (Cache.Snapshot?.Objects.Find(Definition.KeyOf(ns, name)) is { } cached)
        {
            return new WriteStart(Served(cached), cached.Revision, false);
        }

        return await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
    }

    private async Task<WriteStart> ReadFreshAsync(string ns, string name, CancellationToken cancellationToken)
    {
        var read = await _storage.GetAsync(StorageKey(ns, name), cancellationToken).ConfigureAwait(false);
        return read.Object is { } stored ? FreshStart(stored) : new WriteStart(null, 0, true);
    }

    private WriteStart FreshStart(StoredObject stored) => new(ServedFrom(stored), stored.ModRevision, true);

    /// <summary>What a write starts from.</summary>
    /// <param name="current">Null when there is no object.</param>
    /// <param name="revision">The revision on which the write is conditional.</param>
    /// <param name="isFresh">True when it is the store's own, not the cache's, which may be behind.</param>
    private sealed class WriteStart(JsonObject? current, long revision, bool isFresh)
    {
        private JsonObject? _current = current;

        public long Revision => revision;

        public bool IsFresh => isFresh;

        public bool Exists { get; } = current is not null;

        public void Deconstruct(out JsonObject? obj, out long atRevision, out bool fresh) => (obj, atRevision, fresh) = (_current, revision, isFresh);

        /// <summary>The object, once: it is not to be kept while the store is waited for.</summary>
        public JsonObject Take()
        {
            var taken = _current!;
            _current = null;
            return taken;
        }
    }
}
