using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.OpenApi;

/// <summary>
/// OpenAPI v3 documents, one per group and version, and the root that lists them. What kubectl validates,
/// explains and applies by.
/// </summary>
public static class OpenApiV3
{
    private static readonly string[] Answers = [WireFormats.Json, WireFormats.Yaml, WireFormats.Protobuf];
    private static readonly string[] Patches = [WireFormats.ApplyYaml, WireFormats.JsonPatch, WireFormats.MergePatch, WireFormats.StrategicMergePatch];

    /// <summary>The groups and versions that have a document, as paths: api/v1, apis/apps/v1.</summary>
    public static IReadOnlyList<string> Paths(KindCatalog catalog) =>
        [.. catalog.Kinds.Select(k => OpenApiNames.PathOf(k.Group, k.Version)).Distinct(StringComparer.Ordinal)];

    /// <summary>The document behind /openapi/v3.</summary>
    /// <param name="hashes">The hash of each document, by its path; see <see cref="HashOf"/>.</param>
    public static JsonObject Root(IEnumerable<KeyValuePair<string, string>> hashes)
    {
        var paths = new JsonObject();
        foreach (var (path, hash) in hashes)
        {
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>A document's hash: changes when the document does, so that clients may keep what they have.</summary>
    public static string HashOf(ReadOnlySpan<byte> document) => Convert.ToHexString(SHA512.HashData(document));

    /// <summary>The document behind /openapi/v3/{path}; null when there is no such group and version.</summary>
    public static JsonObject? Document(KindCatalog catalog, string group, string version, string kubernetesVersion)
    {
        var kinds = catalog.Kinds.Where(k => k.Group == group && k.Version == version).ToList();
        if (kinds.Count == 0)
        {
            return null;
        }

        var definitions = new DefinitionSet(isV3: true);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var kind in kinds)
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
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = kubernetesVersion },
            ["paths"] = new JsonObject(paths.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
            ["components"] = new JsonObject
            {
                ["schemas"] = definitions.Finish(),
                ["securitySchemes"] = new JsonObject
                {
                    ["BearerToken"] = new JsonObject { ["type"] = "apiKey", ["description"] = "Bearer token", ["name"] = "authorization", ["in"] = "header" },
                },
            },
        };
    }

    private static JsonObject Operation(ApiOperation operation, DefinitionSet definitions)
    {
        var result = new JsonObject
        {
            ["tags"] = new JsonArray(OpenApiNames.Tag(operation.Kind.Group, operation.Kind.Version, camel: false)),
            ["description"] = $"{OpenApiNames.Capital(operation.Action)}: {operation.Kind.Kind}",
            ["operationId"] = operation.Id,
        };
        var parameters = ApiOperations.ParametersOf(operation);
        if (parameters.Count > 0)
        {
            result["parameters"] = new JsonArray([.. parameters.Select(Parameter)]);
        }

        if (operation.Method == "patch")
        {
            result["requestBody"] = new JsonObject { ["content"] = Content(Patches, definitions.PatchReference), ["required"] = true };
        }
        else if (operation.Body is { } body)
        {
            var content = Content(operation.Method == "delete" ? ["*/*"] : ["*/*"], () => definitions.Reference(body));
            result["requestBody"] = operation.Method == "delete"
                ? new JsonObject { ["content"] = content }
                : new JsonObject { ["content"] = content, ["required"] = true };
        }

        var responses = new JsonObject();
        foreach (var (code, text) in Codes(operation))
        {
            responses[code] = new JsonObject { ["description"] = text, ["content"] = Content(Answers, () => definitions.Reference(operation.Answer)) };
        }

        responses["401"] = new JsonObject { ["description"] = "Unauthorized" };
        result["responses"] = responses;
        result["x-kubernetes-action"] = operation.Action;
        result["x-kubernetes-group-version-kind"] = DefinitionSet.KindNode(operation.Kind);
        return result;
    }

    internal static IEnumerable<(string Code, string Text)> Codes(ApiOperation operation)
    {
        yield return ("200", "OK");
        if (operation.Action is "post" or "put" or "patch")
        {
            yield return ("201", "Created");
        }

        if (operation.Action is "post" or "delete")
        {
            yield return ("202", "Accepted");
        }
    }

    private static JsonObject Content(string[] types, Func<JsonObject> schema)
    {
        var content = new JsonObject();
        foreach (var type in types)
        {
            content[type] = new JsonObject { ["schema"] = schema() };
        }

        return content;
    }

    private static JsonObject Parameter(ApiParameter parameter)
    {
        var result = new JsonObject { ["name"] = parameter.Name, ["in"] = parameter.In, ["description"] = parameter.Description };
        if (parameter.In == "path")
        {
            result["required"] = true;
        }

        result["schema"] = new JsonObject { ["type"] = parameter.Type, ["uniqueItems"] = true };
        return result;
    }
}
