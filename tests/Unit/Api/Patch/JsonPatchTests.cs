using System.Text.Json.Nodes;
using Kube.Api.Patch;

namespace Kube.Api.Tests.Patch;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":[1]}]""", """{"a":1,"b":[1]}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":2},{"op":"add","path":"/a/2","value":3}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a":{"b":1},"c":2}""", """[{"op":"remove","path":"/a/b"}]""", """{"a":{},"c":2}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"remove","path":"/a/-1"}]""", """{"a":[1,2]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"replace","path":"/a/0","value":9}]""", """{"a":[9,2]}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"x":1}}]""", """{"x":1}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/c"}]""", """{"a":{},"c":1}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"move","from":"/a/0","path":"/a/2"}]""", """{"a":[2,3,1]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("""{"a/b":{"~":1}}""", """[{"op":"test","path":"/a~1b/~0","value":1.0}]""", """{"a/b":{"~":1}}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"test","path":"/b","value":null}]""", """{"a":null}""")]
    [InlineData("""{}""", """[]""", """{}""")]
    public void OperationsApply(string target, string patch, string expected)
    {
        var before = JsonNode.Parse(target);
        var result = JsonPatch.Apply(before, JsonNode.Parse(patch)!.AsArray());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result?.ToJsonString());
        Assert.Equal(JsonNode.Parse(target)!.ToJsonString(), before!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"add","path":"/l/5","value":1}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"add","path":"/l/x","value":1}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"add","path":"/a"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"remove","path":"/x"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"replace","path":"/x","value":1}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"move","from":"/o","path":"/o/p"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"copy","from":"/x","path":"/y"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"frob","path":"/a"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"path":"/a"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[{"op":"remove","path":"a"}]""", PatchFailure.Unprocessable)]
    [InlineData("""[5]""", PatchFailure.BadRequest)]
    public void WhatDoesNotApplyIsRefused(string patch, PatchFailure failure)
    {
        var target = JsonNode.Parse("""{"a":1,"l":[1],"o":{}}""");
        var e = Assert.Throws<PatchException>(() => JsonPatch.Apply(target, JsonNode.Parse(patch)!.AsArray()));
        Assert.Equal(failure, e.Failure);
    }

    [Fact]
    public void CopiesCannotBlowUpMemory()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 60).Select(i => JsonNode.Parse($$"""{"op":"copy","from":"","path":"/k{{i}}"}"""))]);
        Assert.Contains("accumulated size increase", Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":"0123456789"}"""), patch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopiesCannotNestWithoutBound()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 9_000).SelectMany(_ => (JsonNode[])[
            JsonNode.Parse("""{"op":"add","path":"/b","value":{}}""")!,
            JsonNode.Parse("""{"op":"move","from":"/a","path":"/b/a"}""")!,
            JsonNode.Parse("""{"op":"move","from":"/b","path":"/a"}""")!]).Take(10_000)]);
        Assert.Equal("exceeded max depth", Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":{}}"""), patch)).Message);
        var many = new JsonArray([.. Enumerable.Range(0, 10_001).Select(_ => new JsonObject())]);
        Assert.Equal(PatchFailure.TooLarge, Assert.Throws<PatchException>(() => JsonPatch.Apply(null, many)).Failure);
    }
}
