using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Tests.Storage;

public sealed class ObjectEncoderTests
{
    private static readonly SelectableField[] Fields =
        [new("metadata.name"), new("metadata.namespace"), new("spec.nodeName"), new("status.phase"), new("spec.hostNetwork", "spec.hostNetwork", "false"), new("source", "source.component")];

    [Fact]
    public void Finds_fields_labels_and_the_place_of_the_version()
    {
        var item = Encode("""{"kind":"Pod","spec":{"containers":[{"spec":{"nodeName":"no"}}],"nodeName":"n1","hostNetwork":true},"metadata":{"labels":{"a":"b","c":"d"},"name":"p","namespace":"ns","annotations":{"labels":"x"}},"source":{"component":"kubelet"}}""");
        Assert.Equal(("p", "ns"), (item.Name, item.Namespace));
        Assert.Equal<string?>(["p", "ns", "n1", "", "true", "kubelet"], item.Fields.AsEnumerable());
        Assert.Equal(new Dictionary<string, string> { ["a"] = "b", ["c"] = "d" }, item.Labels.ToDictionary());
        var json = JsonNode.Parse(item.Json)!;
        Assert.Equal("42", (string?)json["metadata"]!["resourceVersion"]);
        Assert.Equal("b", (string?)json["metadata"]!["labels"]!["a"]);
        Assert.Equal("n1", (string?)json["spec"]!["nodeName"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":{}}""")]
    [InlineData("""{"metadata":{"name":"x"}""")]
    [InlineData("""{"metadata":"x"}""")]
    [InlineData("not json")]
    public void Refuses_what_is_no_object(string stored) =>
        Assert.ThrowsAny<JsonException>(() => Encode(stored));

    [Fact]
    public void Replaces_the_version_of_a_departed_object()
    {
        var item = Encode("""{"metadata":{"name":"p","annotations":{"resourceVersion":"7"}},"x":{"metadata":{"resourceVersion":"9"}}}""");
        var json = JsonNode.Parse(ResourceVersions.Replace(item.Json, 123_456))!;
        Assert.Equal("123456", (string?)json["metadata"]!["resourceVersion"]);
        Assert.Equal("7", (string?)json["metadata"]!["annotations"]!["resourceVersion"]);
        Assert.Equal("9", (string?)json["x"]!["metadata"]!["resourceVersion"]);
    }

    private static CachedObject Encode(string stored) => new ObjectEncoder(Fields).Encode("ns/p", Encoding.UTF8.GetBytes(stored), 42);
}
