using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Every kind in Kubernetes' protobuf: written, read, listed and watched, it is the object that JSON shows.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ProtobufTests(BehaviourCluster cluster)
{
    private const string MediaType = "application/vnd.kubernetes.protobuf";

    private ApiSession Api => cluster.Admin;

    public static TheoryData<string> Resources => ResourceTests.Resources;

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task Both_ways(string id)
    {
        var resource = ResourceCases.Find(id);
        var ns = await cluster.NamespaceAsync("protobuf");
        var path = resource.In(ns);
        var first = await Api.CreateAsync(path, ResourceTests.Manifest(resource, "first", ns));
        var read = await ReadAsync($"{path}/first");
        AssertSame(await Api.ReadAsync($"{path}/first"), read);

        // What was read is written under another name, and is what JSON shows again.
        var second = (JsonObject)read.DeepClone();
        second["metadata"] = new JsonObject { ["name"] = ns + "-second", ["labels"] = first["metadata"]!["labels"]!.DeepClone() };
        second.Remove("status");
        if (second["spec"] is JsonObject spec)
        {
            // A service's addresses are its own.
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            if (id == "jobs.batch")
            {
                // And so is what a job knows its pods by.
                spec.Remove("selector");
                spec["template"]!["metadata"]!.AsObject().Remove("labels");
            }
        }

        var created = Decode(await Api.SendBytesAsync(HttpMethod.Post, path, ObjectCodec.Encode(second, Kube.Api.Serialization.WireFormat.Protobuf, SchemaOf(resource)), MediaType, MediaType));
        AssertSame(await Api.ReadAsync($"{path}/{ns}-second"), created);

        var items = await ListAsync($"{path}?labelSelector=suite={ns}");
        Assert.Equal(2, items);
        AssertSame(await Api.ReadAsync($"{path}/first"), await FirstEventAsync($"{path}?labelSelector=suite={ns}&fieldSelector=metadata.name=first&watch=true&timeoutSeconds=30"));
        (await Api.DeleteAsync($"{path}?labelSelector=suite={ns}")).Is(200);
    }

    private async Task<JsonObject> ReadAsync(string path)
    {
        using var response = await Api.OpenAsync(path, MediaType);
        Assert.Equal(MediaType, response.Content.Headers.ContentType?.MediaType);
        return Decode(await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>The number of items of a list: a list's second field is repeated once for each.</summary>
    private async Task<int> ListAsync(string path)
    {
        using var response = await Api.OpenAsync(path, MediaType);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("k8s\0"u8, bytes.AsSpan(0, 4));
        var raw = Field(bytes.AsSpan(4).ToArray(), 2).Single();
        return Field(raw, 2).Count;
    }

    private async Task<JsonObject> FirstEventAsync(string path)
    {
        using var response = await Api.OpenAsync(path, MediaType);
        Assert.Equal(MediaTypeHeaderValue.Parse(MediaType + ";stream=watch"), response.Content.Headers.ContentType);
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(Eventually.DefaultLimit);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, limit.Token);
        var frame = new byte[BinaryPrimitives.ReadUInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, limit.Token);
        Assert.Equal("ADDED"u8, Field(frame, 1).Single());
        return Decode(Field(Field(frame, 2).Single(), 1).Single());
    }

    private static JsonObject Decode(byte[] bytes) =>
        ObjectCodec.Decode(bytes, Kube.Api.Serialization.WireFormat.Protobuf, null, KindCatalog.Default.FindSchema, FieldValidation.Strict).Object;

    private static ObjectSchema SchemaOf(ResourceCase resource) => KindCatalog.Default.FindSchema(resource.ApiVersion, resource.Kind)!;

    /// <summary>The values of a message's field of bytes.</summary>
    private static List<byte[]> Field(byte[] message, int number)
    {
        var values = new List<byte[]>();
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == WireFormatTag(number))
            {
                values.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return values;
    }

    private static uint WireFormatTag(int number) => Google.Protobuf.WireFormat.MakeTag(number, Google.Protobuf.WireFormat.WireType.LengthDelimited);

    private static void AssertSame(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"JSON shows\n{expected.Print()}\nprotobuf\n{actual.Print()}");
}
