using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// Kubernetes' verbs on resources: finds the resource's store and, from the verb and the subresource, the handler. One
/// class for all resources; what differs is in their definitions. Thread-safe.
/// </summary>
internal sealed partial class ResourceEndpoint(ResourceRegistry registry, ApiMetrics metrics, TimeProvider time, IdentifierSource random)
{
    /// <summary>Review resources by group, version and plural.</summary>
    public Dictionary<(string Group, string Version, string Plural), IReviewResource> Reviews { get; } = [];

    /// <summary>Resources that nobody keeps, likewise.</summary>
    public Dictionary<(string Group, string Version, string Plural), IComputedResource> Computed { get; } = [];

    public Task HandleAsync(ApiRequest request)
    {
        var info = request.Info;
        if (Reviews.TryGetValue((info.Group, info.Version, info.Resource), out var review))
        {
            return ReviewAsync(request, review);
        }

        if (Computed.TryGetValue((info.Group, info.Version, info.Resource), out var computed))
        {
            return ComputeAsync(request, computed);
        }

        var store = registry.Find(info.Group, info.Version, info.Resource) ?? throw ApiErrors.PathNotFound();
        if (!store.Definition.Info.Namespaced && info.Namespace.Length > 0 && info.Resource != "namespaces")
        {
            throw ApiErrors.PathNotFound();
        }

        if (info.Subresource.Length > 0)
        {
            return SubresourceAsync(request, store);
        }

        if (store.Definition.Info.Namespaced && info.Namespace.Length == 0 && info.Verb is not ("list" or "watch"))
        {
            throw info.Verb is "get" or "update" or "patch" or "delete" or "create" ? ApiErrors.MethodNotSupported() : ApiErrors.PathNotFound();
        }

        if (!store.Definition.HasVerb(info.Verb))
        {
            throw ApiErrors.MethodNotSupported();
        }

        return info.Verb switch
        {
            "get" => GetAsync(request, store, null),
            "list" => ListAsync(request, store),
            "watch" => WatchAsync(request, store),
            "create" => CreateAsync(request, store),
            "update" => UpdateAsync(request, store, null),
            "patch" => PatchAsync(request, store, null),
            "delete" => DeleteAsync(request, store),
            "deletecollection" => DeleteCollectionAsync(request, store),
            _ => throw ApiErrors.MethodNotSupported(),
        };
    }

    private Task SubresourceAsync(ApiRequest request, ResourceStore store)
    {
        var info = request.Info;
        if (!store.Definition.Subresources.TryGetValue(info.Subresource, out var subresource))
        {
            throw ApiErrors.PathNotFound();
        }

        if (subresource is IConnectSubresource connect)
        {
            return ConnectAsync(request, connect, store);
        }

        if (!subresource.Verbs.Contains(info.Verb))
        {
            throw ApiErrors.MethodNotSupported();
        }

        return info.Verb switch
        {
            "get" => GetAsync(request, store, subresource),
            "update" => UpdateAsync(request, store, subresource),
            "patch" => PatchAsync(request, store, subresource),
            "create" when subresource is ICreateSubresource create => CreateSubresourceAsync(request, store, create),
            _ => throw ApiErrors.MethodNotSupported(),
        };
    }

    /// <summary>Long streams end with the server, not only with their client.</summary>
    private async Task ConnectAsync(ApiRequest request, IConnectSubresource subresource, ResourceStore store)
    {
        if (subresource.OptionsOf(request.Http, request.Info) is { } options)
        {
            await AdmitAsync(request, AdmissionOperation.Connect, subresource.Kind, options).ConfigureAwait(false);
            ResponseWriter.AppendWarnings(request);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        try
        {
            await subresource.ConnectAsync(request.Http, request.Info, request.User, store, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request.Stopping.IsCancellationRequested && request.Http.Response.HasStarted)
        {
            // The server stops in the middle of a stream: the connection is closed.
        }
    }

    /// <summary>What is done without writing the object that it is done to: a connection, whose object are its options, and what is posted to a subresource.</summary>
    private async Task AdmitAsync(ApiRequest request, AdmissionOperation operation, GroupVersionKind kind, JsonObject obj)
    {
        var info = request.Info;
        var admission = new AdmissionRequest
        {
            Operation = operation,
            Kind = kind,
            Group = info.Group,
            Version = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,
            Name = info.Name,
            User = request.User,
            DryRun = operation == AdmissionOperation.Create && request.IsDryRun,
            Object = obj,
            Warnings = request.Warnings,
            AuditAnnotations = request.AuditAnnotations,
        };
        await registry.Admission.MutateAsync(admission, request.Aborted).ConfigureAwait(false);
        await registry.Admission.ValidateAsync(admission, request.Aborted).ConfigureAwait(false);
    }

    private async Task GetAsync(ApiRequest request, ResourceStore store, ISubresource? subresource)
    {
        var definition = store.Definition;
        var format = ResponseWriter.Negotiate(request);
        var version = ListParameters.ParseVersion(request, request.Query("resourceVersion"));
        var snapshot = await SnapshotAsync(store, version, request.Aborted).ConfigureAwait(false);
        var cached = snapshot.Objects.Find(definition.KeyOf(request.Info.Namespace, request.Info.Name))
            ?? throw ApiErrors.NotFound(definition, request.Info.Name);
        if (subresource is IProjectedSubresource projected)
        {
            var part = projected.Project(store.Served(cached));
            await ResponseWriter.WriteObjectAsync(request, 200, part, KindCatalog.Default.FindSchema(projected.Kind.ApiVersion, projected.Kind.Kind), format).ConfigureAwait(false);
        }
        else if (format.As is not null)
        {
            await WriteAsAsync(request, store, format, [cached], snapshot.Revision, single: true).ConfigureAwait(false);
        }
        else
        {
            await ResponseWriter.WriteEncodedAsync(request, 200, EncodedOf(store, cached), definition.Info.Schema, format).ConfigureAwait(false);
        }
    }

    private async Task CreateAsync(ApiRequest request, ResourceStore store)
    {
        var definition = store.Definition;
        var format = ResponseWriter.Negotiate(request);
        var obj = await BodyReader.ReadObjectAsync(request, definition.Info.GroupVersionKind).ConfigureAwait(false);
        NameInAudit(request, new ObjectAccessor(obj).Name);
        var result = await store.CreateAsync(request.Write(), request.Info.Namespace, obj, request.Aborted).ConfigureAwait(false);
        NameInAudit(request, result.Name);
        await WriteResultAsync(request, store, 201, result, format).ConfigureAwait(false);
    }

    private static void NameInAudit(ApiRequest request, string name)
    {
        if (request.Trail is { } trail)
        {
            trail.ObjectName = name;
        }
    }

    private async Task UpdateAsync(ApiRequest request, ResourceStore store, ISubresource? subresource)
    {
        var definition = store.Definition;
        var format = ResponseWriter.Negotiate(request);
        var kind = subresource?.Kind ?? definition.Info.GroupVersionKind;
        var body = await BodyReader.ReadObjectAsync(request, kind).ConfigureAwait(false);
        var name = request.Info.Name;
        var sent = new ObjectAccessor(body).Name;
        if (sent.Length > 0 && sent != name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({sent}) does not match the name on the URL ({name})");
        }

        ObjectChange change = subresource is IProjectedSubresource projected
            ? current => Project(projected, current, body)
            : _ => ValueTask.FromResult((JsonObject)body.DeepClone());
        var mayCreate = subresource is null && definition.Strategy.AllowCreateOnUpdate;
        var result = await store.UpdateAsync(request.Write(), request.Info.Namespace, name, change, mayCreate ? CreateAsync : null, request.Aborted).ConfigureAwait(false);
        await WriteUpdatedAsync(request, store, subresource, result, format).ConfigureAwait(false);

        async ValueTask<JsonObject> CreateAsync()
        {
            await request.RequireVerb(request, "create").ConfigureAwait(false);
            return CreatedByUpdate(body, name);
        }
    }

    private async Task WriteUpdatedAsync(ApiRequest request, ResourceStore store, ISubresource? subresource, StoredResult result, NegotiatedFormat format)
    {
        if (subresource is IProjectedSubresource projected)
        {
            var schema = KindCatalog.Default.FindSchema(projected.Kind.ApiVersion, projected.Kind.Kind);
            await ResponseWriter.WriteObjectAsync(request, 200, projected.Project(result.Object), schema, format).ConfigureAwait(false);
            return;
        }

        await WriteResultAsync(request, store, result.Created ? 201 : 200, result, format).ConfigureAwait(false);
    }

    private async Task CreateSubresourceAsync(ApiRequest request, ResourceStore store, ICreateSubresource subresource)
    {
        var format = ResponseWriter.Negotiate(request, allowTable: false);
        var body = await BodyReader.ReadObjectAsync(request, subresource.Kind).ConfigureAwait(false);
        await AdmitAsync(request, AdmissionOperation.Create, subresource.Kind, body).ConfigureAwait(false);
        var answer = await subresource.CreateAsync(request.Write(), store, request.Info.Namespace, request.Info.Name, body, request.Aborted).ConfigureAwait(false);
        var schema = KindCatalog.Default.FindSchema(ObjectAccessor.Text(answer, "apiVersion"), ObjectAccessor.Text(answer, "kind"));
        await ResponseWriter.WriteObjectAsync(request, 201, answer, schema, format).ConfigureAwait(false);
    }

    private static async Task ReviewAsync(ApiRequest request, IReviewResource review)
    {
        var info = request.Info;
        var kind = KindCatalog.Default.FindResource(info.Group, info.Version, info.Resource) ?? throw ApiErrors.PathNotFound();
        if (info.Verb != "create" || info.Name.Length > 0 || kind.Namespaced != info.Namespace.Length > 0)
        {
            throw ApiErrors.MethodNotSupported();
        }

        var format = ResponseWriter.Negotiate(request, allowTable: false);
        var body = await BodyReader.ReadObjectAsync(request, kind.GroupVersionKind).ConfigureAwait(false);
        var answer = await review.CreateAsync(request.Write(), info.Namespace, body, request.Aborted).ConfigureAwait(false);
        await ResponseWriter.WriteObjectAsync(request, 201, answer, kind.Schema, format).ConfigureAwait(false);
    }

    /// <summary>The state to read: the newest for no version, any for 0, at least the version otherwise.</summary>
    private async Task<CacheSnapshot> SnapshotAsync(ResourceStore store, long? version, CancellationToken cancellationToken)
    {
        if (version is null)
        {
            return await store.Feed.ReadConsistentAsync(store.Cache, cancellationToken).ConfigureAwait(false);
        }

        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(3), time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return await store.Feed.ReadAtLeastAsync(store.Cache, version.Value, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiErrors.TooLargeResourceVersion(version.Value, store.Feed.Position);
        }
    }

    private Task WriteResultAsync(ApiRequest request, ResourceStore store, int code, StoredResult result, NegotiatedFormat format) =>
        format is { As: null, Format: WireFormat.Json, Pretty: false }
            ? ResponseWriter.WriteBytesAsync(request, code, result.Json, ResponseWriter.ContentTypeOf(format))
            : WriteResultAsync(request, store, code, result.Object, format);

    private async Task WriteResultAsync(ApiRequest request, ResourceStore store, int code, JsonObject obj, NegotiatedFormat format)
    {
        if (format.As is null)
        {
            await ResponseWriter.WriteObjectAsync(request, code, obj, store.Definition.Info.Schema, format).ConfigureAwait(false);
            return;
        }

        var shaped = format.As == "Table"
            ? TableEncoder.Encode(store.Definition, [obj], ListMetadata(new ObjectAccessor(obj).ResourceVersion), request, time.GetUtcNow())
            : PartialMetadata.Of(obj, format);
        await ResponseWriter.WriteObjectAsync(request, code, shaped, PartialMetadata.SchemaOf(format), format).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> EncodedOf(ResourceStore store, CachedObject cached) =>
        store.Definition.Converter is null ? cached.Json : ObjectJson.Encode(store.Served(cached));

    private static ValueTask<JsonObject> Project(IProjectedSubresource projected, JsonObject current, JsonObject part)
    {
        projected.Apply(current, part);
        return ValueTask.FromResult(current);
    }

    private static JsonObject CreatedByUpdate(JsonObject body, string name)
    {
        var obj = (JsonObject)body.DeepClone();
        var accessor = new ObjectAccessor(obj) { Name = name };
        if (accessor.Uid.Length > 0)
        {
            throw ApiErrors.Conflict(accessor.Kind.ToLowerInvariant(), name, $"Precondition failed: UID in precondition: {accessor.Uid}, UID in object meta: ");
        }

        accessor.ResourceVersion = "";
        return obj;
    }

    private static JsonObject ListMetadata(string resourceVersion) => new() { ["resourceVersion"] = resourceVersion };
}
