using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

internal sealed partial class ResourceEndpoint
{
    /// <summary>Server-side apply: creates the object, or merges what its manager wants into it.</summary>
    private async Task ApplyAsync(ApiRequest request, ResourceStore store, ISubresource? subresource)
    {
        var format = ResponseWriter.Negotiate(request);
        if (string.IsNullOrEmpty(request.Query("fieldManager")))
        {
            throw ApiErrors.Invalid("PatchOptions", "meta.k8s.io", "", [FieldError.Required("fieldManager", "is required for apply patch")]);
        }

        var body = await BodyReader.ReadAsync(request).ConfigureAwait(false);
        var kind = subresource?.Kind ?? store.Definition.Info.GroupVersionKind;
        var config = ParseConfiguration(body);
        var schema = KindCatalog.Default.FindSchema(kind.ApiVersion, kind.Kind) ?? store.Definition.Info.Schema;
        CheckKind(config, kind);
        request.Warnings.AddRange(SchemaCheck.ApplyPartial(config, schema, BodyReader.ValidationOf(request)));
        if (subresource is IProjectedSubresource)
        {
            config = ConfigurationOfScale(config, store.Definition.Info.GroupVersionKind);
        }

        var apply = new AppliedConfiguration
        {
            Request = request,
            Config = config,
            Schema = store.Definition.Info.Schema,
            Manager = new FieldManager(
                request.FieldManager,
                store.Definition.Info.ApiVersion,
                ObjectAccessor.FormatTime(time.GetUtcNow()),
                request.Info.Subresource.Length == 0 ? null : request.Info.Subresource),
            Force = request.Query("force") is { } force && Requests.RequestInfoParser.IsTrue(force),
            Ignored = IgnoredFields(config, store.Definition, subresource),
        };
        Func<ValueTask<JsonObject>>? absent = subresource is null ? apply.CreateAsync : null;
        var context = request.Write() with { IsApply = true };
        var result = await store.UpdateAsync(context, request.Info.Namespace, request.Info.Name, apply.ChangeAsync, absent, request.Aborted).ConfigureAwait(false);
        await WriteUpdatedAsync(request, store, subresource, result, format).ConfigureAwait(false);
    }

    private static JsonObject ParseConfiguration(ReadOnlyMemory<byte> body)
    {
        try
        {
            return YamlTree.Parse(body.Span) as JsonObject
                ?? throw ApiErrors.BadRequest("error decoding YAML: the body is no object");
        }
        catch (DecodeException exception)
        {
            throw ApiErrors.BadRequest("error decoding YAML: " + exception.Message);
        }
    }

    private static void CheckKind(JsonObject config, GroupVersionKind expected)
    {
        var accessor = new ObjectAccessor(config);
        if (accessor.ApiVersion.Length == 0 || accessor.Kind.Length == 0)
        {
            throw ApiErrors.BadRequest("apiVersion and kind must be set in the apply configuration");
        }

        if (accessor.ApiVersion != expected.ApiVersion)
        {
            throw ApiErrors.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {accessor.ApiVersion}, expected: {expected.ApiVersion}");
        }

        if (accessor.Kind != expected.Kind)
        {
            throw ApiErrors.BadRequest($"the kind in the data ({accessor.Kind}) does not match the expected kind ({expected.Kind})");
        }
    }

    /// <summary>What a configuration of a Scale says of the object behind it.</summary>
    private static JsonObject ConfigurationOfScale(JsonObject scale, GroupVersionKind parent)
    {
        var config = new JsonObject { ["apiVersion"] = parent.ApiVersion, ["kind"] = parent.Kind };
        if (scale["spec"]?["replicas"] is { } replicas)
        {
            config["spec"] = new JsonObject { ["replicas"] = replicas.DeepClone() };
        }

        return config;
    }

    /// <summary>Top-level fields that this way in does not write: they are neither set nor owned.</summary>
    private static List<string> IgnoredFields(JsonObject config, ResourceDefinition definition, ISubresource? subresource) => subresource switch
    {
        null => definition.Subresources.ContainsKey("status") ? ["status"] : [],
        Registry.Subresources.StatusSubresource => [.. config.Select(p => p.Key).Where(name => name is not ("apiVersion" or "kind" or "metadata" or "status"))],
        _ => [],
    };

    /// <summary>One apply, made of the object as it is at each try.</summary>
    private sealed class AppliedConfiguration
    {
        public required ApiRequest Request { get; init; }

        public required JsonObject Config { get; init; }

        public required ObjectSchema Schema { get; init; }

        public required FieldManager Manager { get; init; }

        public required bool Force { get; init; }

        public required IReadOnlyList<string> Ignored { get; init; }

        public ValueTask<JsonObject> ChangeAsync(JsonObject current) => ValueTask.FromResult(Merge(current));

        /// <summary>The object that the configuration makes when there is none; the user must be allowed to create it.</summary>
        public async ValueTask<JsonObject> CreateAsync()
        {
            await Request.RequireVerb(Request, "create").ConfigureAwait(false);
            var obj = Merge(null);
            var accessor = new ObjectAccessor(obj);
            if (accessor.Uid.Length > 0)
            {
                var info = Request.Info;
                throw new KubeStatusException(KubeStatus.Conflict(info.Group, info.Resource, info.Name,
                    $"uid mismatch: the provided object specified uid {accessor.Uid}, and no existing object was found"));
            }

            if (accessor.Name.Length == 0)
            {
                accessor.Name = Request.Info.Name;
            }

            return accessor.Name == Request.Info.Name
                ? obj
                : throw ApiErrors.BadRequest($"the name of the object ({accessor.Name}) does not match the name on the URL ({Request.Info.Name})");
        }

        private JsonObject Merge(JsonObject? live)
        {
            var info = Request.Info;
            try
            {
                var merged = ServerSideApply.Apply(live, Config, Schema, Manager, Force, Ignored);
                SchemaCheck.Apply(merged, Schema, FieldValidation.Ignore);
                return merged;
            }
            catch (ApplyConflictException exception)
            {
                throw new KubeStatusException(KubeStatus.OfApply(exception));
            }
            catch (PatchException exception)
            {
                throw new KubeStatusException(KubeStatus.OfPatch(exception, info.Group, info.Resource, info.Name));
            }
        }
    }
}
