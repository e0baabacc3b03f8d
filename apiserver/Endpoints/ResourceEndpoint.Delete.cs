using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Schema;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

internal sealed partial class ResourceEndpoint
{
    private async Task DeleteAsync(ApiRequest request, ResourceStore store)
    {
        var definition = store.Definition;
        var format = ResponseWriter.Negotiate(request, allowTable: true);
        var (options, context) = await ReadDeleteOptionsAsync(request).ConfigureAwait(false);
        var result = await store.DeleteAsync(context, request.Info.Namespace, request.Info.Name, options, request.Aborted).ConfigureAwait(false);
        if (!result.Removed || definition.Strategy.ReturnsDeletedObject)
        {
            var code = !result.Removed && options.OrphanDependents == false ? 202 : 200;
            await WriteResultAsync(request, store, code, result.Object, format).ConfigureAwait(false);
            return;
        }

        var status = KubeStatus.SuccessJson(definition.Group, definition.Info.Plural, request.Info.Name, new ObjectAccessor(result.Object).Uid);
        await ResponseWriter.WriteObjectAsync(request, 200, status, KindCatalog.Default.FindSchema("v1", "Status"), format with { As = null }).ConfigureAwait(false);
    }

    private async Task DeleteCollectionAsync(ApiRequest request, ResourceStore store)
    {
        var definition = store.Definition;
        var format = ResponseWriter.Negotiate(request);
        var selection = Selection.Parse(request, definition);
        var (options, context) = await ReadDeleteOptionsAsync(request).ConfigureAwait(false);
        var page = await PageAsync(request, store, selection).ConfigureAwait(false);
        var deleted = new JsonArray();
        foreach (var item in page.Items)
        {
            try
            {
                var result = await store.DeleteAsync(context, item.Namespace ?? "", item.Name, options, request.Aborted).ConfigureAwait(false);
                deleted.Add((JsonNode)result.Object);
            }
            catch (KubeStatusException exception) when (exception.Status.Reason == "NotFound")
            {
                // Somebody else deleted it in between, which is what was wanted.
            }
        }

        var list = new JsonObject
        {
            ["kind"] = definition.Info.ListKind,
            ["apiVersion"] = definition.Info.ApiVersion,
            ["metadata"] = page.Metadata(),
            ["items"] = deleted,
        };
        await ResponseWriter.WriteObjectAsync(request, 200, list, definition.Info.ListSchema, format with { As = null }).ConfigureAwait(false);
    }

    /// <summary>Delete options: the body's where there is one, else the query's.</summary>
    private static async Task<(DeleteRequest Options, WriteContext Context)> ReadDeleteOptionsAsync(ApiRequest request)
    {
        var body = await BodyReader.ReadOptionsAsync(request, "DeleteOptions").ConfigureAwait(false);
        if (body is null)
        {
            return (FromQuery(request), request.Write());
        }

        var dryRun = body["dryRun"] as JsonArray;
        foreach (var value in dryRun ?? [])
        {
            if (value?.ToString() != "All")
            {
                throw ApiErrors.Invalid("DeleteOptions", "meta.k8s.io", "", [Kube.Api.Validation.FieldError.NotSupported("dryRun", value?.DeepClone(), ["All"])]);
            }
        }

        return (DeleteRequest.FromObject(body), request.Write(dryRun is { Count: > 0 } ? true : null));
    }

    private static DeleteRequest FromQuery(ApiRequest request)
    {
        long? grace = request.Query("gracePeriodSeconds") is { Length: > 0 } text
            ? long.TryParse(text, out var seconds) ? seconds : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax")
            : null;
        return new DeleteRequest
        {
            GracePeriodSeconds = grace,
            PropagationPolicy = request.Query("propagationPolicy") is { Length: > 0 } policy ? policy : null,
            OrphanDependents = request.Query("orphanDependents") is { Length: > 0 } orphan ? orphan is "true" or "1" : null,
        };
    }
}
