using System.Text.Json.Nodes;
using Kube.Api.OpenApi;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.OpenApi;

public sealed class OpenApiTests
{
    private const string Version = "v1.32.0";

    private static IEnumerable<JsonNode> References(JsonNode? node) => node switch
    {
        JsonObject obj => obj.SelectMany(p => p is { Key: "$ref", Value: JsonValue text } ? [text] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    [Fact]
    public void EveryReferenceOfVersion3IsDefined()
    {
        foreach (var path in OpenApiV3.Paths(KindCatalog.Default))
        {
            var parts = path.Split('/');
            var document = OpenApiV3.Document(KindCatalog.Default, parts.Length == 2 ? "" : parts[1], parts[^1], Version)!;
            var defined = document["components"]!["schemas"]!.AsObject();
            Assert.All(References(document).Select(r => r.GetValue<string>()).Distinct(), r => Assert.True(defined.ContainsKey(r["#/components/schemas/".Length..]), r));
        }

        Assert.Null(OpenApiV3.Document(KindCatalog.Default, "nonsense", "v1", Version));
    }

    [Fact]
    public void Version3SaysWhatKubectlAsksFor()
    {
        var document = OpenApiV3.Document(KindCatalog.Default, "", "v1", Version)!;
        var pod = document["components"]!["schemas"]!["io.k8s.api.core.v1.Pod"]!;
        Assert.Equal("""[{"group":"","kind":"Pod","version":"v1"}]""", pod["x-kubernetes-group-version-kind"]!.ToJsonString());
        var spec = document["components"]!["schemas"]!["io.k8s.api.core.v1.PodSpec"]!;
        var containers = spec["properties"]!["containers"]!;
        Assert.Equal("name", (string?)containers["x-kubernetes-patch-merge-key"]);
        Assert.Equal("map", (string?)containers["x-kubernetes-list-type"]);
        Assert.Equal("#/components/schemas/io.k8s.api.core.v1.Container", (string?)containers["items"]!["allOf"]![0]!["$ref"]);
        Assert.Equal("""["containers"]""", spec["required"]!.ToJsonString());
        Assert.False(string.IsNullOrEmpty((string?)containers["description"]));

        var patch = document["paths"]!["/api/v1/namespaces/{namespace}/pods/{name}"]!["patch"]!;
        Assert.Equal("""{"group":"","kind":"Pod","version":"v1"}""", patch["x-kubernetes-group-version-kind"]!.ToJsonString());
        Assert.Contains(patch["parameters"]!.AsArray(), p => (string?)p!["name"] == "fieldValidation" && (string?)p["in"] == "query");
        Assert.NotNull(patch["requestBody"]!["content"]!["application/strategic-merge-patch+json"]);
    }

    [Fact]
    public void Version2IsWholeAndItsOperationIdsAreUnique()
    {
        var document = OpenApiV2.Document(KindCatalog.Default, Version);
        var defined = document["definitions"]!.AsObject();
        Assert.All(References(document).Select(r => r.GetValue<string>()).Distinct(), r => Assert.True(defined.ContainsKey(r["#/definitions/".Length..]), r));
        var ids = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => (string?)(o.Value as JsonObject)?["operationId"]).Where(i => i is not null).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal("#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", (string?)defined["io.k8s.api.core.v1.Pod"]!["properties"]!["metadata"]!["$ref"]);
    }

    /// <summary>A document of one definition, compared with bytes laid out by hand from gnostic's message numbers.</summary>
    [Fact]
    public void TheProtobufFormHasGnosticsNumbers()
    {
        var document = JsonNode.Parse("""
            {"swagger":"2.0","info":{"title":"K","version":"v"},"paths":{},"definitions":{"A":{"type":"object","properties":{"b":{"type":"string","x-k":"z"}}}}}
            """)!.AsObject();
        const string extension = "fa01" + "0b" + "0a03782d6b" + "1204" + "12027a0a"; // NamedAny in field 31, Any.yaml = "z\n"
        const string b = "b20108" + "0a06737472696e67" + extension; // type: string
        const string properties = "ca01" + "20" + "0a1e" + "0a0162" + "1219" + b;
        const string a = "b20108" + "0a066f626a656374" + properties; // type: object
        const string definitions = "4a" + "35" + "0a33" + "0a0141" + "122e" + a;
        Assert.Equal("0a03322e30" + "1206" + "0a014b" + "120176" + "4200" + definitions + "6a00", Convert.ToHexStringLower(OpenApiV2Protobuf.Encode(document)));
    }

    [Fact]
    public void TheRootNamesEveryDocument()
    {
        var root = OpenApiV3.Root([KeyValuePair.Create("api/v1", "AB")]);
        Assert.Equal("/openapi/v3/api/v1?hash=AB", (string?)root["paths"]!["api/v1"]!["serverRelativeURL"]);
        Assert.Equal(128, OpenApiV3.HashOf(JsonTree.ToBytes(root)).Length);
    }
}
