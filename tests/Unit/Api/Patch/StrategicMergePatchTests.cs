using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Patch;

public sealed class StrategicMergePatchTests
{
    private static JsonObject Yaml(string text) => YamlTree.Parse(System.Text.Encoding.UTF8.GetBytes(text)) as JsonObject ?? [];

    private static void Check(Type type, string target, string patch, string expected)
    {
        var result = StrategicMergePatch.Apply(Yaml(target), Yaml(patch), ObjectSchema.For(type));
        Assert.Equal(Yaml(expected).ToJsonString(), result.ToJsonString());
    }

    [Theory]
    // Lists of maps merge by their key: the patch's items first, in the patch's order.
    [InlineData("containers: [{name: a, image: x}]", "containers: [{name: b, image: y}]", "containers: [{name: b, image: y}, {name: a, image: x}]")]
    [InlineData("containers: [{name: a, image: x}, {name: b, image: y}]", "containers: [{name: b, image: z}]", "containers: [{name: a, image: x}, {name: b, image: z}]")]
    // A directive in an item deletes it.
    [InlineData("containers: [{name: a}, {name: b}]", "containers: [{name: a, $patch: delete}]", "containers: [{name: b}]")]
    [InlineData("containers: [{name: a}, {name: b}]", "containers: [{$patch: replace}, {name: c}]", "containers: [{name: c}]")]
    [InlineData("containers: [{name: a}]", "containers: null", "{}")]
    // $setElementOrder gives the order, server-only items stay where they were.
    [InlineData("containers: [{name: a}, {name: b}, {name: c}]", "{$setElementOrder/containers: [{name: c}, {name: a}], containers: [{name: a, image: i}]}", "containers: [{name: b}, {name: c}, {name: a, image: i}]")]
    [InlineData("containers: [{name: a}, {name: b}]", "{$setElementOrder/containers: [{name: b}, {name: a}]}", "containers: [{name: b}, {name: a}]")]
    [InlineData("containers: [{name: a}, {name: b}]", "{$setElementOrder/containers: [{name: a}], containers: [{name: b, $patch: delete}]}", "containers: [{name: a}]")]
    // Maps merge, null deletes.
    [InlineData("nodeSelector: {a: x, b: y}", "nodeSelector: {a: null, c: z}", "nodeSelector: {b: y, c: z}")]
    [InlineData("nodeSelector: {a: x}", "nodeSelector: {$patch: replace, c: z}", "nodeSelector: {c: z}")]
    [InlineData("nodeSelector: {a: x}", "nodeSelector: {$patch: delete}", "nodeSelector: {}")]
    // Lists without a strategy are replaced.
    [InlineData("containers: [{name: a, args: [x, y]}]", "containers: [{name: a, args: [z]}]", "containers: [{name: a, args: [z]}]")]
    [InlineData("tolerations: [{key: a}]", "tolerations: [{key: b}]", "tolerations: [{key: b}]")]
    // retainKeys keeps only what it names: a volume changes its source.
    [InlineData("volumes: [{name: v, emptyDir: {}}]", "volumes: [{name: v, $retainKeys: [name, hostPath], hostPath: {path: /p}}]", "volumes: [{name: v, hostPath: {path: /p}}]")]
    // What is new comes without nulls and directives.
    [InlineData("{}", "securityContext: {runAsUser: 1, fsGroup: null}", "securityContext: {runAsUser: 1}")]
    [InlineData("{}", "containers: [{name: a, $patch: delete}, {name: b}]", "containers: [{name: b}]")]
    public void PodSpecs(string target, string patch, string expected) => Check(typeof(PodSpec), target, patch, expected);

    [Theory]
    [InlineData("finalizers: [a, b]", "finalizers: [c, b]", "finalizers: [c, a, b]")]
    [InlineData("finalizers: [a, b, c]", "{$deleteFromPrimitiveList/finalizers: [b]}", "finalizers: [a, c]")]
    [InlineData("finalizers: [a, b]", "{$setElementOrder/finalizers: [c, a], $deleteFromPrimitiveList/finalizers: [b], finalizers: [c]}", "finalizers: [c, a]")]
    [InlineData("{}", "{$deleteFromPrimitiveList/finalizers: [b]}", "{}")]
    [InlineData("labels: {a: b}", "labels: null", "{}")]
    [InlineData("ownerReferences: [{uid: u, name: a}]", "ownerReferences: [{uid: u, controller: true}]", "ownerReferences: [{uid: u, name: a, controller: true}]")]
    public void Metadata(string target, string patch, string expected) => Check(typeof(Meta.V1.ObjectMeta), target, patch, expected);

    [Theory]
    [InlineData("foo: {a: 1}", "foo: {a: 2}", "unable to find api field in struct PodSpec for the json field \"foo\"", PatchFailure.Internal)]
    [InlineData("containers: [{name: a}]", "containers: [{image: x}]", "map: {\"image\":\"x\"} does not contain declared merge key: name", PatchFailure.Internal)]
    [InlineData("{}", "$patch: frob", "unknown patch type: frob in map: {\"$patch\":\"frob\"}", PatchFailure.Internal)]
    [InlineData("{}", "$retainKeys: x", "invalid patch format of retainKeys", PatchFailure.BadRequest)]
    [InlineData("{}", "{$retainKeys: [a], b: 1}", "invalid patch format of retainKeys", PatchFailure.BadRequest)]
    [InlineData("containers: [{name: a}]", "containers: [{name: a, $patch: merge}]", "merging lists cannot yet be specified in the patch", PatchFailure.Internal)]
    public void BadPatchesAreRefused(string target, string patch, string message, PatchFailure failure)
    {
        var e = Assert.Throws<PatchException>(() => StrategicMergePatch.Apply(Yaml(target), Yaml(patch), ObjectSchema.For(typeof(PodSpec))));
        Assert.Equal((message, failure), (e.Message, e.Failure));
    }

    [Fact]
    public void RandomPatchesOfPodsApplyOrAreRefused()
    {
        var kind = KindCatalog.Default.FindKind("", "v1", "Pod")!;
        for (ulong seed = 1; seed < 150; seed++)
        {
            var target = new Serialization.ObjectGenerator(seed).Make(kind);
            var patch = new Serialization.ObjectGenerator(seed + 1000).Make(kind);
            var before = target.ToJsonString();
            try
            {
                var once = StrategicMergePatch.Apply(target, patch, kind.Schema);
                Assert.True(JsonNode.DeepEquals(patch["spec"]?["nodeName"], once["spec"]?["nodeName"]) || patch["spec"]?["nodeName"] is null);
            }
            catch (PatchException e)
            {
                Assert.NotEmpty(e.Message);
            }

            Assert.Equal(before, target.ToJsonString());
        }
    }
}
