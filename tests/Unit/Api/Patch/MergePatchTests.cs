using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kube.Api.Core.V1;
using Kube.Api.Patch;
using Kube.Api.Schema;
using Kube.Base;

namespace Kube.Api.Tests.Patch;

public sealed class MergePatchTests
{
    /// <summary>The examples of RFC 7386, appendix A, that have objects on both sides.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergesAsTheRfcSays(string target, string patch, string expected) =>
        Assert.Equal(expected, MergePatch.Apply(JsonNode.Parse(target)!.AsObject(), JsonNode.Parse(patch)!.AsObject()).ToJsonString());

    [Fact]
    public void TheDiffOfTwoObjectsTurnsOneIntoTheOther() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<int, int>((a, b) =>
    {
        var (from, to) = (RandomObject(a), RandomObject(b));
        return JsonNode.DeepEquals(to, MergePatch.Apply(from, MergePatch.Diff(from, to)));
    }));

    [Fact]
    public void AnEmptyPatchChangesNothing() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll<int>(seed =>
    {
        var obj = RandomObject(seed);
        var pod = new Serialization.ObjectGenerator((ulong)(uint)seed).Make(KindCatalog.Default.FindKind("", "v1", "Pod")!);
        return JsonNode.DeepEquals(obj, MergePatch.Apply(obj, []))
            && JsonNode.DeepEquals(obj, JsonPatch.Apply(obj, []))
            && MergePatch.Diff(obj, obj).Count == 0
            && JsonNode.DeepEquals(pod, StrategicMergePatch.Apply(pod, [], ObjectSchema.For(typeof(Pod))));
    }));

    private static JsonObject RandomObject(int seed)
    {
        var random = new Prng((ulong)(uint)seed);
        return Object(0);

        JsonObject Object(int depth)
        {
            var obj = new JsonObject();
            foreach (var name in (string[])["a", "b", "c", "d"])
            {
                switch (random.Next(depth > 3 ? 4 : 6))
                {
                    case 0: obj[name] = random.Next(3); break;
                    case 1: obj[name] = new JsonArray(random.Next(3), "x"); break;
                    case 2: obj[name] = "s" + random.Next(2); break;
                    case 4 or 5: obj[name] = Object(depth + 1); break;
                }
            }

            return (JsonObject)JsonNode.Parse(obj.ToJsonString())!;
        }
    }
}
