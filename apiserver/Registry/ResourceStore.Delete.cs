using System.Text.Json.Nodes;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Storage;

namespace Kube.ApiServer.Registry;

public sealed partial class ResourceStore
{
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>
    /// Deletes an object, or marks it for deletion where it has finalizers, dependents to wait for, or a grace period.
    /// </summary>
    public async Task<DeleteResult> DeleteAsync(
        WriteContext context, string ns, string name, DeleteRequest request, CancellationToken cancellationToken)
    {
        ApiErrors.CheckDeleteOptions(request);
        var (current, revision, fresh) = await ReadForWriteAsync(ns, name, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < MaxConflictRetries; attempt++)
        {
            if (current is null)
            {
                throw ApiErrors.NotFound(Definition, name);
            }

            if (fresh || PreconditionsHold(request, new ObjectAccessor(current)))
            {
                var (result, latest) = await TryDeleteAsync(context, ns, name, request, current, revision, cancellationToken).ConfigureAwait(false);
                if (result is not null)
                {
                    return result;
                }

                if (latest is not null)
                {
                    (current, revision, fresh) = (ServedFrom(latest), latest.ModRevision, true);
                    continue;
                }
            }

            (current, revision, fresh) = await ReadFreshAsync(ns, name, cancellationToken).ConfigureAwait(false);
        }

        throw ApiErrors.Conflict(Definition, name, "the object is being changed too often to be deleted");
    }

    private async Task<(DeleteResult? Result, StoredObject? Latest)> TryDeleteAsync(
        WriteContext context, string ns, string name, DeleteRequest request, JsonObject current, long revision, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(current);
        CheckPreconditions(request, accessor, name);
        await AdmissionPlugins.ValidateAsync(Admission(AdmissionOperation.Delete, context, ns, name, null, current), cancellationToken).ConfigureAwait(false);
        var marked = (JsonObject)current.DeepClone();
        var removed = Mark(new ObjectAccessor(marked), request);
        var unchanged = !removed && ObjectJson.Same(marked, current);
        if (context.DryRun || unchanged)
        {
            return (new DeleteResult(marked, removed), null);
        }

        var key = StorageKey(ns, name);
        var outcome = removed
            ? await _storage.DeleteAsync(key, revision, cancellationToken).ConfigureAwait(false)
            : await _storage.UpdateAsync(key, EncodeForStorage(marked), revision, Strategy.TimeToLive, cancellationToken).ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            return (null, outcome.Current);
        }

        new ObjectAccessor(marked).ResourceVersion = Format(outcome.Revision);
        if (removed)
        {
            await Strategy.ReleaseAsync(marked, cancellationToken).ConfigureAwait(false);
        }

        return (new DeleteResult(marked, removed), null);
    }

    /// <summary>Makes of an object what a delete leaves. True when nothing keeps it.</summary>
    private bool Mark(ObjectAccessor obj, DeleteRequest request)
    {
        var now = _time.GetUtcNow();
        var wasDeleting = obj.IsDeleting;
        obj.Finalizers = FinalizersAfter(obj.Finalizers, request);
        var grace = Strategy.GraceOf(obj.Root, request);
        if (!wasDeleting)
        {
            var kept = obj.Finalizers.Count > 0 || grace is { Seconds: > 0 } || !Strategy.MayBeRemoved(obj.Root);
            obj.DeletionGracePeriodSeconds = grace?.Seconds ?? 0;
            obj.DeletionTimestamp = ObjectAccessor.FormatTime(now.AddSeconds(grace?.Seconds ?? 0));
            if (obj.Generation > 0)
            {
                obj.Generation++;
            }

            Strategy.MarkDeleting(obj.Root);

            return !kept;
        }

        // Already marked: a later request can only make the end come sooner.
        var before = obj.DeletionGracePeriodSeconds ?? 0;
        if (grace is not null && request.GracePeriodSeconds is { } wanted && wanted < before)
        {
            var end = ObjectAccessor.ParseTime(obj.DeletionTimestamp) ?? now;
            obj.DeletionTimestamp = ObjectAccessor.FormatTime(end.AddSeconds(wanted - before));
            obj.DeletionGracePeriodSeconds = wanted;
        }

        return obj.Finalizers.Count == 0 && (obj.DeletionGracePeriodSeconds ?? 0) == 0 && Strategy.MayBeRemoved(obj.Root);
    }

    /// <summary>The two garbage collection finalizers stand for the propagation policy; all others stay.</summary>
    private static IReadOnlyList<string> FinalizersAfter(IReadOnlyList<string> existing, DeleteRequest request)
    {
        var orphan = request.OrphanDependents ?? request.PropagationPolicy switch
        {
            null => existing.Contains(OrphanFinalizer),
            var policy => policy == "Orphan",
        };
        var foreground = request.OrphanDependents is null && request.PropagationPolicy switch
        {
            null => existing.Contains(ForegroundFinalizer),
            var policy => policy == "Foreground",
        };
        var finalizers = existing.Where(f => f is not (OrphanFinalizer or ForegroundFinalizer)).ToList();
        if (orphan)
        {
            finalizers.Add(OrphanFinalizer);
        }

        if (foreground)
        {
            finalizers.Add(ForegroundFinalizer);
        }

        return finalizers;
    }

    private static bool PreconditionsHold(DeleteRequest request, ObjectAccessor obj) =>
        (request.PreconditionUid is null || request.PreconditionUid == obj.Uid)
        && (request.PreconditionResourceVersion is null || request.PreconditionResourceVersion == obj.ResourceVersion);

    private void CheckPreconditions(DeleteRequest request, ObjectAccessor obj, string name)
    {
        if (request.PreconditionUid is { } uid && uid != obj.Uid)
        {
            throw ApiErrors.Conflict(Definition, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {obj.Uid}");
        }

        if (request.PreconditionResourceVersion is { } version && version != obj.ResourceVersion)
        {
            throw ApiErrors.Conflict(Definition, name, $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {obj.ResourceVersion}");
        }
    }
}
