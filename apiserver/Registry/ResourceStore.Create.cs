using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.ApiServer.Admission;

namespace Kube.ApiServer.Registry;

public sealed partial class ResourceStore
{
    /// <summary>
    /// Creates an object. <paramref name="obj"/> is decoded, belongs to the caller no more, and is defaulted here.
    /// </summary>
    /// <exception cref="KubeStatusException">The object is refused, or its name is taken.</exception>
    public async Task<StoredResult> CreateAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(obj);
        EnsureNamespace(accessor, ns);
        ApplyDefaults(obj);
        RecordCreator(context, obj);
        if (accessor.Name.Length > 0 || accessor.GenerateName.Length == 0)
        {
            return await CreateOnceAsync(context, ns, obj, cancellationToken).ConfigureAwait(false);
        }

        for (var attempt = 1; ; attempt++)
        {
            var candidate = (JsonObject)obj.DeepClone();
            try
            {
                return await CreateOnceAsync(context, ns, candidate, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeStatusException exception) when (exception.Status.Reason == "AlreadyExists" && attempt < MaxNameAttempts)
            {
                // Another object has the name that was drawn; the next draw is another.
            }
        }
    }

    private async Task<StoredResult> CreateOnceAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(obj);
        var request = Admission(AdmissionOperation.Create, context, ns, accessor.Name, obj, null);
        await AdmissionPlugins.MutateAsync(request, cancellationToken).ConfigureAwait(false);
        PrepareForCreate(accessor, ns);
        Strategy.RecordRequester(obj, context.User);
        var allocation = await Strategy.AllocateAsync(obj, null, context.DryRun, cancellationToken).ConfigureAwait(false);
        var written = false;
        try
        {
            Refuse(accessor.Name, ObjectRules.ValidateCreate(obj, Definition.Info));
            await AdmissionPlugins.ValidateAsync(request, cancellationToken).ConfigureAwait(false);
            await WriteNewAsync(context, ns, obj, cancellationToken).ConfigureAwait(false);
            written = !context.DryRun;
            return new StoredResult(obj, true);
        }
        finally
        {
            await EndAsync(allocation, written).ConfigureAwait(false);
        }
    }

    private async Task WriteNewAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(obj);
        var key = StorageKey(ns, accessor.Name);
        var bytes = EncodeForStorage(obj);
        if (context.DryRun)
        {
            var existing = await _storage.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (existing.Object is not null)
            {
                throw ApiErrors.AlreadyExists(Definition, accessor.Name);
            }

            return;
        }

        var outcome = await _storage.CreateAsync(key, bytes, Strategy.TimeToLive, cancellationToken).ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            throw ApiErrors.AlreadyExists(Definition, accessor.Name);
        }

        accessor.ResourceVersion = Format(outcome.Revision);
    }

    private void PrepareForCreate(ObjectAccessor accessor, string ns)
    {
        if (accessor.Name.Length == 0 && accessor.GenerateName.Length > 0)
        {
            accessor.Name = _identifiers.NextName(accessor.GenerateName);
        }

        if (accessor.ResourceVersion is not ("" or "0"))
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        accessor.ResourceVersion = "";
        accessor.DeletionTimestamp = "";
        accessor.DeletionGracePeriodSeconds = null;
        accessor.Uid = _identifiers.NextUid();
        accessor.CreationTimestamp = Now();
        accessor.Metadata.Remove("selfLink");
        accessor.Metadata.Remove("generation");
        accessor.Namespace = Definition.Info.Namespaced ? ns : "";
        if (Strategy.HasGeneration)
        {
            accessor.Generation = 1;
        }

        Strategy.PrepareForCreate(accessor.Root);
        if (accessor.Root["status"] is JsonObject status && Definition.Info.Schema.Find("status")?.Value.Object is { ClrType: not null } schema)
        {
            // A status that the strategy has set aside shows what Go's JSON shows of an empty one, such as replicas: 0.
            ZeroValue.Fill(status, schema);
        }
    }

    private void EnsureNamespace(ObjectAccessor accessor, string ns)
    {
        if (!Definition.Info.Namespaced)
        {
            accessor.Namespace = "";
        }
        else if (accessor.Namespace.Length == 0)
        {
            accessor.Namespace = ns;
        }
        else if (accessor.Namespace != ns)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private void Refuse(string name, IReadOnlyList<FieldError> errors)
    {
        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid(Definition, name, errors);
        }
    }

    private static async ValueTask EndAsync(IAllocation? allocation, bool written)
    {
        if (allocation is null)
        {
            return;
        }

        await (written ? allocation.CommitAsync() : allocation.RollBackAsync()).ConfigureAwait(false);
    }
}
