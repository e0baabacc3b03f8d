using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.OpenApi;

/// <summary>The OpenAPI v2 (Swagger) document of the whole API, which older clients use.</summary>
public static class OpenApiV2
{
    private static readonly string[] Answers = [WireFormats.Json, WireFormats.Yaml, WireFormats.Protobuf];
    private static readonly string[] Patches = [WireFormats.JsonPatch, WireFormats.MergePatch, WireFormats.StrategicMergePatch, WireFormats.ApplyYaml];

    /// <summary>The document behind /openapi/v2.</summary>
    public static JsonObject Document(KindCatalog catalog, string kubernetesVersion)
    {
        var definitions = new DefinitionSet(isV3: false);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var kind in catalog.Kinds)
        {
            definitions.AddKind(kind.Schema, kind.GroupVersionKind);
            definitions.AddKind(kind.ListSchema, kind.GroupVersionKind with { Kind = kind.ListKind });
            foreach (var operation in ApiOperations.Of(kind, catalog))
            {
                if (!paths.TryGetValue(operation.Path, out var item))
                {
                    paths[operation.Path] = item = new JsonObject
                    {
                        ["parameters"] = new JsonArray([.. ApiOperations.PathParameters(operation.Path).Select(Parameter)]),
                    };
                }

                item[operation.Method] = Operation(operation, definitions);
            }
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = kubernetesVersion },
            ["paths"] = new JsonObject(paths.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
            ["definitions"] = definitions.Finish(),
            ["securityDefinitions"] = new JsonObject
            {
                ["BearerToken"] = new JsonObject { ["description"] = "Bearer token", ["type"] = "apiKey", ["name"] = "authorization", ["in"] = "header" },
            },
            ["security"] = new JsonArray(new JsonObject { ["BearerToken"] = new JsonArray() }),
        };
    }

    private static JsonObject Operation(ApiOperation operation, DefinitionSet definitions)
    {
        var parameters = new JsonArray();
        if (operation.Method == "patch" || operation.Body is not null)
        {
            var body = new JsonObject { ["name"] = "body", ["in"] = "body" };
            if (operation.Method != "delete")
            {
                body["required"] = true;
            }

            body["schema"] = operation.Body is { } schema ? definitions.Reference(schema) : definitions.PatchReference();
            parameters.Add(body);
        }

        foreach (var parameter in ApiOperations.ParametersOf(operation))
        {
            parameters.Add(Parameter(parameter));
        }

        var responses = new JsonObject();
        foreach (var (code, text) in OpenApiV3.Codes(operation))
        {
            responses[code] = new JsonObject { ["description"] = text, ["schema"] = definitions.Reference(operation.Answer) };
        }

        responses["401"] = new JsonObject { ["description"] = "Unauthorized" };
        return new JsonObject
        {
            ["description"] = $"{OpenApiNames.Capital(operation.Action)}: {operation.Kind.Kind}",
            ["consumes"] = Texts(operation.Method == "patch" ? Patches : ["*/*"]),
            ["produces"] = Texts(Answers),
            ["schemes"] = Texts(["https"]),
            ["tags"] = Texts([OpenApiNames.Tag(operation.Kind.Group, operation.Kind.Version, camel: false)]),
            ["operationId"] = operation.Id,
            ["parameters"] = parameters,
            ["responses"] = responses,
            ["x-kubernetes-action"] = operation.Action,
            ["x-kubernetes-group-version-kind"] = DefinitionSet.KindNode(operation.Kind),
        };
    }

    private static JsonArray Texts(string[] texts) => new([.. texts.Select(t => (JsonNode?)t)]);

    private static JsonObject Parameter(ApiParameter parameter)
    {
        var result = new JsonObject
        {
            ["uniqueItems"] = true,
            ["type"] = parameter.Type,
            ["description"] = parameter.Description,
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
        };
        if (parameter.In == "path")
        {
            result["required"] = true;
        }

        return result;
    }
}
