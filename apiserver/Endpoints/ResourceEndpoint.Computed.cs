using System.Text.Json.Nodes;
using Kube.Api.Selectors;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Registry.Strategies;

namespace Kube.ApiServer.Endpoints;

/// <content>Resources that are worked out when they are asked for.</content>
internal sealed partial class ResourceEndpoint
{
    private async Task ComputeAsync(ApiRequest request, IComputedResource computed)
    {
        var info = request.Info;
        if (info.Namespace.Length > 0 || info.Subresource.Length > 0)
        {
            throw ApiErrors.PathNotFound();
        }

        if (info.Verb is not ("get" or "list"))
        {
            throw ApiErrors.MethodNotSupported();
        }

        var format = ResponseWriter.Negotiate(request);
        if (computed.Warning is { } warning)
        {
            request.Warnings.Add(warning);
        }

        var definition = new ResourceDefinition(computed.Kind, new ConfiguredStrategy());
        var objects = await computed.ListAsync(request.Aborted).ConfigureAwait(false);
        if (info.Verb == "get")
        {
            var found = objects.FirstOrDefault(obj => new ObjectAccessor(obj).Name == info.Name) ?? throw ApiErrors.NotFound(definition, info.Name);
            await WriteComputedAsync(request, definition, format, [found], found).ConfigureAwait(false);
            return;
        }

        List<JsonObject> selected = [.. objects.Where(Selecting(request))];
        var list = new JsonObject
        {
            ["kind"] = computed.Kind.ListKind,
            ["apiVersion"] = computed.Kind.ApiVersion,
            ["metadata"] = new JsonObject(),
            ["items"] = format.As is null ? new JsonArray([.. selected]) : [],
        };
        await WriteComputedAsync(request, definition, format, selected, list).ConfigureAwait(false);
    }

    private static Func<JsonObject, bool> Selecting(ApiRequest request)
    {
        var labels = LabelSelector.Parse(request.Query("labelSelector"));
        var fields = FieldSelector.Parse(request.Query("fieldSelector"));
        if (fields.Requirements.FirstOrDefault(static requirement => requirement.Field is not ("metadata.name" or "metadata.namespace")) is { Field: { } unknown })
        {
            throw ApiErrors.BadRequest($"field label not supported: {unknown}");
        }

        return obj =>
        {
            var accessor = new ObjectAccessor(obj);
            return labels.Matches(obj["metadata"]?["labels"] as JsonObject ?? [])
                && fields.Requirements.All(requirement => (requirement.Field == "metadata.name" ? accessor.Name : accessor.Namespace) == requirement.Value == requirement.IsEqual);
        };
    }

    private Task WriteComputedAsync(ApiRequest request, ResourceDefinition definition, NegotiatedFormat format, IReadOnlyList<JsonObject> objects, JsonObject whole)
    {
        var isList = request.Info.Verb == "list";
        return format.As switch
        {
            null => ResponseWriter.WriteObjectAsync(request, 200, whole, isList ? definition.Info.ListSchema : definition.Info.Schema, format),
            "Table" => ResponseWriter.WriteObjectAsync(request, 200, TableEncoder.Encode(definition, objects, [], request, time.GetUtcNow()), null, format),
            _ => ResponseWriter.WriteObjectAsync(
                request, 200, isList ? PartialMetadata.ListOf(objects, [], format) : PartialMetadata.Of(objects[0], format), PartialMetadata.SchemaOf(format), format),
        };
    }
}
