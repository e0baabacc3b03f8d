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
    public Task<StoredResult> CreateAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(obj);
        EnsureNamespace(accessor, ns);
        ApplyDefaults(obj);
        RecordCreator(context, obj);
        return accessor.Name.Length > 0 || accessor.GenerateName.Length == 0
            ? WriteNewAsync(context, ns, PrepareNewAsync(context, ns, obj, cancellationToken), cancellationToken)
            : CreateNamedByServerAsync(context, ns, obj, cancellationToken);
    }

    private async Task<StoredResult> CreateNamedByServerAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteNewAsync(context, ns, PrepareNewAsync(context, ns, (JsonObject)obj.DeepClone(), cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (KubeStatusException exception) when (exception.Status.Reason == "AlreadyExists" && attempt < MaxNameAttempts)
            {
                // Another object has the name that was drawn; the next draw is another.
            }
        }
    }

    /// <summary>All that is done to a new object before it is written.</summary>
    private async Task<PreparedWrite> PrepareNewAsync(WriteContext context, string ns, JsonObject obj, CancellationToken cancellationToken)
    {
        var accessor = new ObjectAccessor(obj);
        var request = Admission(AdmissionOperation.Create, context, ns, accessor.Name, obj, null);
        await AdmissionPlugins.MutateAsync(request, cancellationToken).ConfigureAwait(false);
        PrepareForCreate(accessor, ns);
        Strategy.RecordRequester(obj, context.User);
        var allocation = await Strategy.AllocateAsync(obj, null, context.DryRun, cancellationToken).ConfigureAwait(false);
        var passed = false;
        try
        {
            Refuse(accessor.Name, ObjectRules.ValidateCreate(obj, Definition.Info));
            await AdmissionPlugins.ValidateAsync(request, cancellationToken).ConfigureAwait(false);
            var prepared = Prepared(obj, allocation, keepObject: context.DryRun);
            passed = true;
            return prepared;
        }
        finally
        {
            if (!passed)
            {
                await EndAsync(allocation, written: false).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Writes what has been prepared. Whoever prepares is done by then and its trees are free: a hundred requests that wait for the store hold
    /// their bytes only.
    /// </summary>
    private async Task<StoredResult> WriteNewAsync(WriteContext context, string ns, Task<PreparedWrite> preparing, CancellationToken cancellationToken)
    {
        var prepared = await preparing.ConfigureAwait(false);
        var written = false;
        try
        {
            var key = StorageKey(ns, prepared.Name);
            if (context.DryRun)
            {
                var existing = await _storage.GetAsync(key, cancellationToken).ConfigureAwait(false);
                return existing.Object is null ? new StoredResult(prepared.Object!, true) : throw ApiErrors.AlreadyExists(Definition, prepared.Name);
            }

            var outcome = await _storage.CreateAsync(key, prepared.Bytes, Strategy.TimeToLive, cancellationToken).ConfigureAwait(false);
            if (!outcome.Succeeded)
            {
                throw ApiErrors.AlreadyExists(Definition, prepared.Name);
            }

            written = true;
            return prepared.Stored(outcome.Revision, created: true);
        }
        finally
        {
            await EndAsync(prepared.Allocation, written).ConfigureAwait(false);
        }
    }

    private PreparedWrite Prepared(JsonObject obj, IAllocation? allocation, bool keepObject) => new()
    {
        Name = new ObjectAccessor(obj).Name,
        Bytes = EncodeForStorage(obj),
        Object = keepObject || Definition.Converter is not null ? obj : null,
        Allocation = allocation,
    };

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
