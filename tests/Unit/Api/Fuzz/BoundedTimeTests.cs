using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Fuzz;

/// <summary>Nothing that a client can send in one body keeps a processor busy for long. These tests run alone: they count processor time.</summary>
[Collection(BoundedTimeGroup.Name)]
public sealed class BoundedTimeTests
{
    /// <summary>Ten times what it takes; what takes the square of the body's length takes hours.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("[", WireFormat.Json)]
    [InlineData("{\"a\":", WireFormat.Json)]
    [InlineData("[", WireFormat.Yaml)]
    [InlineData("{a: ", WireFormat.Yaml)]
    [InlineData("- ", WireFormat.Yaml)]
    [InlineData("&a [*a, ", WireFormat.Yaml)]
    [InlineData("? ", WireFormat.Yaml)]
    [InlineData("!!str ", WireFormat.Yaml)]
    [InlineData("&a ", WireFormat.Yaml)]
    [InlineData("#", WireFormat.Yaml)]
    [InlineData("\"", WireFormat.Yaml)]
    [InlineData("'", WireFormat.Yaml)]
    [InlineData("|\n ", WireFormat.Yaml)]
    [InlineData("---\n", WireFormat.Yaml)]
    [InlineData("\u0012\u0080", WireFormat.Protobuf)]
    public void A_body_of_one_thing_again_and_again_takes_bounded_time(string part, WireFormat format)
    {
        var text = Encoding.UTF8.GetBytes(part);
        var body = new byte[DecodeLimits.MaxBodySizeBytes];
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = text[i % text.Length];
        }

        if (format == WireFormat.Protobuf)
        {
            "k8s\0"u8.CopyTo(body);
        }

        Within(() => Refused(() => ObjectCodec.Decode(body, format, null, KindCatalog.Default.FindSchema, FieldValidation.Strict)));
    }

    [Fact]
    public void Aliases_that_double_are_refused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 64; i++)
        {
            yaml.Append(null, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        Within(() => Assert.Contains("excessive aliasing", Refused(() => YamlTree.Parse(Encoding.UTF8.GetBytes(yaml.ToString()))).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Very_many_members_take_bounded_time()
    {
        var labels = new StringBuilder();
        for (var i = 0; labels.Length < DecodeLimits.MaxBodySizeBytes / 2; i++)
        {
            labels.Append(null, $"{(i == 0 ? "" : ",")}\"{i:x}\":\"\"");
        }

        var body = Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","labels":{ {{{labels}}} } } }""");
        Within(() => Assert.True(DecoderFuzzTests.ReadObject(body, WireFormat.Json)));
        Within(() => Assert.True(DecoderFuzzTests.ReadYaml(body)));
        var unknown = Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},{{{labels}}} }""");
        Within(() => Assert.True(DecoderFuzzTests.ReadObject(unknown, WireFormat.Json)));
    }

    /// <summary>Lists as long as a body can hold: what compares each item with each would take hours.</summary>
    [Theory]
    [InlineData("strategic merge patch", """{"metadata":{"finalizers":[LIST]}}""", "\"NUMBER\"")]
    [InlineData("strategic merge patch", """{"metadata":{"$deleteFromPrimitiveList/finalizers":[LIST]}}""", "\"NUMBER\"")]
    [InlineData("strategic merge patch", """{"metadata":{"$setElementOrder/finalizers":[LIST],"finalizers":[LIST]}}""", "\"NUMBER\"")]
    [InlineData("strategic merge patch", """{"spec":{"containers":[LIST]}}""", "{\"name\":\"NUMBER\"}")]
    [InlineData("strategic merge patch", """{"spec":{"$setElementOrder/containers":[LIST],"containers":[LIST]}}""", "{\"name\":\"NUMBER\"}")]
    [InlineData("strategic merge patch", """{"spec":{"containers":[LIST]}}""", "{\"name\":\"NUMBER\",\"$patch\":\"delete\"}")]
    [InlineData("merge patch", """{"metadata":{"finalizers":[LIST]}}""", "\"NUMBER\"")]
    [InlineData("apply", """{"apiVersion":"v1","kind":"Pod","metadata":{"finalizers":[LIST]}}""", "\"NUMBER\"")]
    [InlineData("apply", """{"apiVersion":"v1","kind":"Pod","spec":{"containers":[LIST]}}""", "{\"name\":\"NUMBER\"}")]
    [InlineData("managed fields", """{"apiVersion":"v1","kind":"Pod","spec":{"containers":[LIST]}}""", "{\"name\":\"NUMBER\"}")]
    [InlineData("JSON patch", """[{"op":"add","path":"/metadata/finalizers","value":[LIST]},{"op":"move","from":"/metadata/finalizers/0","path":"/metadata/finalizers/-"}]""", "\"NUMBER\"")]
    [InlineData("JSON patch", """[LIST]""", "{\"op\":\"add\",\"path\":\"/metadata/finalizers/0\",\"value\":\"NUMBER\"}")]
    public void Long_lists_take_bounded_time(string name, string patch, string item)
    {
        const int mostOperations = JsonPatch.MaxOperations - 1;
        var count = Math.Min(patch == "[LIST]" ? mostOperations : int.MaxValue, DecodeLimits.MaxBodySizeBytes / 2 / (item.Length + 1));
        var list = string.Join(',', Enumerable.Range(0, count).Select(i => item.Replace("NUMBER", i.ToString("x5", null), StringComparison.Ordinal)));
        var pod = FuzzInputs.Parse(FuzzInputs.Pod);
        var owned = new JsonArray([.. Enumerable.Range(0, count / 2).Select(i => JsonNode.Parse(item.Replace("NUMBER", (i * 2).ToString("x5", null), StringComparison.Ordinal)))]);
        if (item[0] == '"')
        {
            pod["metadata"]!["finalizers"] = owned;
        }
        else if (item.StartsWith("{\"name\"", StringComparison.Ordinal))
        {
            owned.ToList().ForEach(o => o!.AsObject().Remove("$patch"));
            pod["spec"]!["containers"] = owned;
        }

        byte[] input = [.. JsonTree.ToBytes(pod), .. PatchFuzzTests.Separator, .. FuzzInputs.Bytes(patch.Replace("LIST", list, StringComparison.Ordinal))];
        Within(() => Assert.True(PatchFuzzTests.Targets[name].TryRead(input)));
    }

    private static void Within(Action act)
    {
        var before = Environment.CpuUsage.TotalTime;
        act();
        var took = Environment.CpuUsage.TotalTime - before;
        Assert.True(took < Limit, $"took {took}");
    }

    private static DecodeException Refused(Func<object?> read) => Assert.Throws<DecodeException>(() => read());
}

/// <summary>Tests that no other test of the process may disturb.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BoundedTimeGroup
{
    public const string Name = "Bounded time";
}
