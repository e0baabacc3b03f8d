using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Fuzz;

/// <summary>Every patcher, fed with damaged patches and with patches of damaged objects.</summary>
public sealed class PatchFuzzTests
{
    private const int Rounds = 3_000;

    private static readonly FieldManager Manager = new("kubectl", "v1", "2026-01-01T00:00:00Z");

    internal static readonly byte[] Separator = "\n===\n"u8.ToArray();

    private const string Operations = """
        [{"op":"test","path":"/spec/containers/0/name","value":"a"},{"op":"add","path":"/spec/containers/-","value":{"name":"c"}},{"op":"copy","from":"/spec/containers/0","path":"/spec/containers/1"},
        {"op":"move","from":"/metadata/labels","path":"/metadata/annotations"},{"op":"replace","path":"/spec/containers/0/image","value":"k"},{"op":"remove","path":"/metadata/finalizers/0"},{"op":"add","path":"/metadata/labels","value":{"a~1b":"c~0d"}}]
        """;

    private const string Merge = """{"metadata":{"labels":{"a":null,"c":"d"},"finalizers":["q"]},"spec":{"containers":[{"name":"a","image":"k"}],"tolerations":null}}""";

    private const string Strategic = """
        {"metadata":{"finalizers":["q/r"],"$deleteFromPrimitiveList/finalizers":["x/y"]},"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"k",
        "ports":[{"containerPort":80,"$patch":"delete"}],"env":[{"name":"E","value":"3"},{"name":"G","value":"4"}]},{"name":"b","$patch":"delete"}],"volumes":[{"$retainKeys":["name","secret"],"name":"v","secret":{"secretName":"s"}}],"tolerations":[{"$patch":"replace"}]}}
        """;

    private const string Applied = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","finalizers":["x/y","n/m"],"labels":{"a":"z"}},"spec":{"containers":[{"name":"a","image":"k","env":[{"name":"E","value":"9"}],"ports":[{"containerPort":80,"protocol":"TCP"}]}],"volumes":[{"name":"v","emptyDir":{}}]}}
        """;

    private const string Managed = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{}}"},"labels":{"a":"b"},"managedFields":[{"manager":"kubectl","operation":"Apply","apiVersion":"v1","time":"2024-01-01T00:00:00Z","fieldsType":"FieldsV1",
        "fieldsV1":{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{}}}}}}}},{"manager":"other","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:finalizers":{".":{},"v:\"x/y\"":{}}}}}]},
        "spec":{"containers":[{"name":"a","image":"i","env":[{"name":"E","value":"1"},{"name":"E","value":"2"}],"ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":80,"protocol":"TCP"}]}]}}
        """;

    internal static readonly Dictionary<string, FuzzTarget> Targets = new()
    {
        ["JSON patch"] = new([.. Pairs("""[{"op":"replace","path":"","value":{}}]"""), .. Pairs(Operations).Take(1)], Patching((target, patch, _) => JsonPatch.Apply(target, patch.AsArray()) as JsonObject), FuzzInputs.PatchWords),
        ["merge patch"] = new(Pairs(Merge), Patching((target, patch, _) => MergePatch.Apply(target, patch.AsObject())), FuzzInputs.PatchWords),
        ["strategic merge patch"] = new(Pairs(Strategic, Merge), Patching((target, patch, schema) => StrategicMergePatch.Apply(target, patch.AsObject(), schema)), FuzzInputs.PatchWords),
        ["apply"] = new(Pairs(Applied), Patching(Apply), FuzzInputs.PatchWords),
        ["managed fields"] = new(Pairs(Managed, FuzzInputs.Pod), Patching(Update), FuzzInputs.PatchWords),
    };

    public static TheoryData<string> Names => [.. Targets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_patches_are_refused_in_an_orderly_way(string name)
    {
        var (refused, taken) = Fuzzer.Run(Targets[name], Rounds, seed: 2);
        Assert.True(refused > 0 && taken > 0, $"{refused} refused, {taken} taken");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sound_patches_are_taken(string name) => Assert.All(Targets[name].Sound, input => Assert.True(Targets[name].TryRead(input)));

    private static IReadOnlyList<byte[]> Pairs(params string[] patches) =>
        [.. patches.SelectMany(patch => new[] { FuzzInputs.Pod, Managed }.Select(target => (byte[])[.. FuzzInputs.Bytes(target), .. Separator, .. FuzzInputs.Bytes(patch)]))];

    /// <summary>An object as the store may hold it, and a patch of it as the server reads it.</summary>
    private static Func<byte[], bool> Patching(Func<JsonObject, JsonNode, ObjectSchema, JsonObject?> apply) => input =>
    {
        var at = input.AsSpan().IndexOf(Separator);
        if (at < 0)
        {
            return false;
        }

        var schema = FuzzInputs.KindOf("v1", "Pod").Schema;
        try
        {
            var target = ObjectCodec.Decode(input.AsMemory(0, at), WireFormat.Json, null, static (version, kind) => version == "v1" && kind == "Pod" ? FuzzInputs.KindOf(version, kind).Schema : null, FieldValidation.Ignore).Object;
            var patch = JsonTree.Parse(input.AsSpan(at + Separator.Length));
            if (patch is null or JsonValue)
            {
                return false;
            }

            var before = JsonTree.ToBytes(target);
            var patched = apply(target, patch, schema);
            Assert.Equal(before, JsonTree.ToBytes(target));
            if (patched is not null)
            {
                SchemaCheck.Apply(patched, schema, FieldValidation.Ignore);
                _ = JsonTree.ToBytes(patched);
            }

            return true;
        }
        catch (Exception e) when (e is DecodeException or PatchException or ApplyConflictException || (e is InvalidOperationException && e.StackTrace!.Contains("System.Text.Json.Nodes.JsonNode.As", StringComparison.Ordinal)))
        {
            // The last is a patch that is a list where it must be an object, which its endpoint refuses.
            return false;
        }
    };

    private static JsonObject Apply(JsonObject target, JsonNode patch, ObjectSchema schema)
    {
        var config = patch.AsObject();
        SchemaCheck.ApplyPartial(config, schema, FieldValidation.Ignore);
        return ServerSideApply.Apply(target, config, schema, Manager, force: true, "status");
    }

    private static JsonObject Update(JsonObject target, JsonNode patch, ObjectSchema schema)
    {
        var obj = patch.AsObject();
        SchemaCheck.Apply(obj, schema, FieldValidation.Ignore);
        ManagedFields.Update(target, obj, schema, Manager with { Manager = "updater" });
        return obj;
    }
}
