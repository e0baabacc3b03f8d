using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Tests.Serialization;

public sealed class ObjectCodecTests
{
    private static readonly GroupVersionKind Pod = new("", "v1", "Pod");

    private static DecodedObject Decode(string text, FieldValidation validation = FieldValidation.Strict, WireFormat format = WireFormat.Json, GroupVersionKind? kind = null) =>
        ObjectCodec.Decode(Encoding.UTF8.GetBytes(text), format, kind ?? Pod, KindCatalog.Default.FindSchema, validation);

    [Fact]
    public void DecodingLeavesWhatGoWouldWrite()
    {
        var pod = Decode("""
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","labels":{},"creationTimestamp":null},
             "spec":{"hostNetwork":false,"nodeName":"","terminationGracePeriodSeconds":0,
              "containers":[{"name":"c","image":"i","command":[],"resources":{"limits":{"cpu":1,"memory":"1024Mi"}}}],
              "volumes":[{"name":"v","emptyDir":{}}]}}
            """).Object;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":null},
             "spec":{"terminationGracePeriodSeconds":0,
              "containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}],
              "volumes":[{"name":"v","emptyDir":{}}]},"status":{}}
            """), pod), pod.ToJsonString());
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"foo":1,"containers":[{"name":"c","bar":{}}]}}""", """strict decoding error: unknown field "spec.foo", unknown field "spec.containers[0].bar" """)]
    [InlineData("""{"metadata":{"name":"a","name":"b"},"spec":{"containers":null}}""", """strict decoding error: duplicate field "metadata.name" """)]
    [InlineData("""{"spec":{"hostNetwork":"yes"}}""", """json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool """)]
    [InlineData("""{"spec":{"containers":{}}}""", """json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container """)]
    [InlineData("""{"spec":{"containers":[{"env":[{"value":5}]}]}}""", """json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string """)]
    [InlineData("""{"spec":{"priority":1.5}}""", """json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32 """)]
    [InlineData("""{"spec":{"priority":2147483648}}""", """json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32 """)]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", """json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string """)]
    [InlineData("""{"metadata":{"deletionTimestamp":"x"}}""", """parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006" """)]
    [InlineData("""{"kind":"Nonsense"}""", """no kind "Nonsense" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30" """)]
    [InlineData("""{"metadata":""", """couldn't get version/kind; json parse error: unexpected end of JSON input """)]
    [InlineData("", """couldn't get version/kind; json parse error: unexpected end of JSON input """)]
    public void WhatIsWrongIsSaidInKubernetesWords(string body, string message)
    {
        var e = Assert.Throws<DecodeException>(() => Decode(body));
        Assert.Equal(message.TrimEnd(), e.Message);
    }

    [Fact]
    public void WarnDropsUnknownFieldsAndNamesThem()
    {
        var decoded = Decode("""{"metadata":{"name":"a"},"spec":{"foo":1,"containers":[]},"x":2,"x":3}""", FieldValidation.Warn);
        Assert.Equal(["duplicate field \"x\"", "unknown field \"spec.foo\"", "unknown field \"x\""], decoded.Warnings.Order(StringComparer.Ordinal));
        Assert.Null(decoded.Object["spec"]!["foo"]);
        Assert.Empty(Decode("""{"x":2}""", FieldValidation.Ignore).Warnings);
    }

    [Fact]
    public void FreeFormPartsAreKept()
    {
        var revision = Decode("""{"kind":"ControllerRevision","apiVersion":"apps/v1","data":{"a":{"b":null,"c":0}},"revision":1}""");
        Assert.Equal("""{"a":{"b":null,"c":0}}""", revision.Object["data"]!.ToJsonString());
    }

    [Fact]
    public void YamlReadsAsJsonDoes()
    {
        var pod = Decode("""
            apiVersion: v1
            kind: Pod
            metadata: &m
              name: a
              annotations: {when: 2020-01-01, quoted: "true"}
            spec:
              hostNetwork: yes
              containers:
              - name: c
                image: "1"
                args: ["0777", 'no']
                ports: [{containerPort: 0x50}]
            """, FieldValidation.Strict, WireFormat.Yaml).Object;
        Assert.True(pod["spec"]!["hostNetwork"]!.GetValue<bool>());
        Assert.Equal("2020-01-01", (string?)pod["metadata"]!["annotations"]!["when"]);
        Assert.Equal("true", (string?)pod["metadata"]!["annotations"]!["quoted"]);
        Assert.Equal("no", (string?)pod["spec"]!["containers"]![0]!["args"]![1]);
        Assert.Equal(80, (int)pod["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"]!);
    }

    [Theory]
    [InlineData("a: [", "yaml: line")]
    [InlineData("a: *b", "unknown anchor")]
    [InlineData("a: .nan", "unsupported value")]
    [InlineData("metadata: {name: a, name: b}", "duplicate field \"metadata.name\"")]
    public void BadYamlIsRefused(string text, string part) =>
        Assert.Contains(part, Assert.Throws<DecodeException>(() => Decode(text, FieldValidation.Strict, WireFormat.Yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void AliasesCannotBlowUpMemory()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 10; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat("*a" + (i - 1), 10))}]\n");
        }

        Assert.Contains("excessive aliasing", Assert.Throws<DecodeException>(() => YamlTree.Parse(Encoding.UTF8.GetBytes(bomb.ToString()))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":", "}", "1")]
    [InlineData("[", "]", "")]
    public void NestingIsBounded(string open, string close, string core)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + core + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.Equal("exceeded max depth", Assert.Throws<DecodeException>(() => JsonTree.Parse(Encoding.UTF8.GetBytes(text))).Message);
        Assert.Throws<DecodeException>(() => YamlTree.Parse(Encoding.UTF8.GetBytes(text[..2_000])));
    }

    [Fact]
    public void YamlThatIsWrittenReadsBack()
    {
        var node = JsonNode.Parse("""{"b":{"x":[1,2.5,true,null,"true","1","",{"k":"a: b"}],"e":{},"l":[]},"a":"line\nline\n","c":"~","d":"- x","o":"0o7","n":"no"}""");
        Assert.True(JsonNode.DeepEquals(node, YamlTree.Parse(YamlTree.ToBytes(node))), Encoding.UTF8.GetString(YamlTree.ToBytes(node)));
    }

    [Theory]
    [InlineData(null, WireFormat.Json, null)]
    [InlineData("*/*", WireFormat.Json, null)]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", WireFormat.Json, "Table")]
    [InlineData("application/vnd.kubernetes.protobuf, */*", WireFormat.Protobuf, null)]
    [InlineData("application/json;q=0.5, application/yaml", WireFormat.Yaml, null)]
    [InlineData("text/html, application/json", WireFormat.Json, null)]
    public void AcceptIsNegotiated(string? accept, WireFormat format, string? kind)
    {
        var chosen = AcceptHeader.Negotiate(accept)!;
        Assert.Equal((format, kind), (chosen.Format, chosen.As));
    }

    [Fact]
    public void NothingAcceptableIsSaid()
    {
        Assert.Null(AcceptHeader.Negotiate("text/html"));
        Assert.Null(AcceptHeader.Negotiate("application/vnd.kubernetes.protobuf", allowProtobuf: false));
    }
}
