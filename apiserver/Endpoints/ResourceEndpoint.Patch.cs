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
    private static readonly string[] PatchTypes = [WireFormats.JsonPatch, WireFormats.MergePatch, WireFormats.StrategicMergePatch, WireFormats.ApplyYaml];

    private async Task PatchAsync(ApiRequest request, ResourceStore store, ISubresource? subresource)
    {
        var contentType = (request.Http.Request.ContentType ?? "").Split(';')[0].Trim();
        if (Array.IndexOf(PatchTypes, contentType) < 0)
        {
            throw ApiErrors.UnsupportedMediaType(PatchTypes);
        }

        if (contentType == WireFormats.ApplyYaml)
        {
            await ApplyAsync(request, store, subresource).ConfigureAwait(false);
            return;
        }

        if (request.Query("force") is not null)
        {
            throw ApiErrors.Invalid("PatchOptions", "meta.k8s.io", "", [FieldError.Forbidden("force", "may not be specified for non-apply patch")]);
        }

        var format = ResponseWriter.Negotiate(request);
        var body = await BodyReader.ReadAsync(request).ConfigureAwait(false);
        var patch = ParsePatch(body);
        var validation = BodyReader.ValidationOf(request);
        var kind = subresource?.Kind ?? store.Definition.Info.GroupVersionKind;
        var schema = KindCatalog.Default.FindSchema(kind.ApiVersion, kind.Kind) ?? store.Definition.Info.Schema;
        ValueTask<JsonObject> Change(JsonObject current)
        {
            request.Warnings.Clear();
            try
            {
                if (subresource is not IProjectedSubresource projected)
                {
                    return ValueTask.FromResult(Patched(request, current, patch, contentType, schema, validation));
                }

                var part = Patched(request, projected.Project(current), patch, contentType, schema, validation);
                projected.Apply(current, part);
                return ValueTask.FromResult(current);
            }
            catch (PatchException exception)
            {
                // As a Status it is tried again on the store's own object where the cached one is too old for the patch.
                var info = request.Info;
                throw new KubeStatusException(KubeStatus.OfPatch(exception, info.Group, info.Resource, info.Name));
            }
        }

        var result = await store.UpdateAsync(request.Write(), request.Info.Namespace, request.Info.Name, Change, null, request.Aborted).ConfigureAwait(false);
        await WriteUpdatedAsync(request, store, subresource, result, format).ConfigureAwait(false);
    }

    private static JsonNode ParsePatch(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonTree.Parse(body.Span) ?? throw ApiErrors.BadRequest("error decoding patch: patch is null");
        }
        catch (DecodeException exception)
        {
            throw ApiErrors.BadRequest("error decoding patch: " + exception.Message);
        }
    }

    private static JsonObject Patched(ApiRequest request, JsonObject current, JsonNode patch, string contentType, ObjectSchema schema, FieldValidation validation)
    {
        var patched = contentType switch
        {
            WireFormats.JsonPatch => JsonPatch.Apply(current, patch as JsonArray ?? throw NotA("[]handlers.jsonPatchOp", patch)) as JsonObject
                ?? throw ApiErrors.BadRequest("the patch makes something else of the object"),
            WireFormats.MergePatch => MergePatch.Apply(current, patch as JsonObject ?? throw NotA("map[string]interface {}", patch)),
            _ => StrategicMergePatch.Apply(current, patch as JsonObject ?? throw NotA("map[string]interface {}", patch), schema),
        };
        request.Warnings.AddRange(SchemaCheck.Apply(patched, schema, validation));
        var before = new ObjectAccessor(current);
        var after = new ObjectAccessor(patched);
        if (after.Kind != before.Kind || after.ApiVersion != before.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the patch changes the kind of the object from {before.ApiVersion} {before.Kind} to {after.ApiVersion} {after.Kind}");
        }

        return patched;
    }

    private static Exception NotA(string type, JsonNode patch) =>
        ApiErrors.BadRequest($"error decoding patch: json: cannot unmarshal {(patch is JsonArray ? "array" : patch is JsonObject ? "object" : "value")} into Go value of type {type}");
}
