using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Base;

namespace Kube.Api.Tests.Serialization;

public sealed class ProtobufTests
{
    private static DecodedObject Decode(byte[] body) =>
        ObjectCodec.Decode(body, WireFormat.Protobuf, null, KindCatalog.Default.FindSchema, FieldValidation.Strict);

    [Fact]
    public void EveryKindSurvivesARoundTrip()
    {
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            for (ulong seed = 1; seed <= 8; seed++)
            {
                var obj = new ObjectGenerator(seed).Make(kind);
                var bytes = ObjectCodec.Encode(obj, WireFormat.Protobuf, kind.Schema);
                var back = Decode(bytes).Object;
                Assert.True(JsonNode.DeepEquals(obj, back), $"{kind} seed {seed}\n{obj.ToJsonString()}\n{back.ToJsonString()}");
                Assert.Equal(bytes, ObjectCodec.Encode(back, WireFormat.Protobuf, kind.Schema));
            }
        }
    }

    [Fact]
    public void EveryKindSurvivesJsonAndYaml()
    {
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            var obj = new ObjectGenerator(99).Make(kind);
            foreach (var format in (WireFormat[])[WireFormat.Json, WireFormat.Yaml])
            {
                var bytes = ObjectCodec.Encode(obj, format, null);
                var back = ObjectCodec.Decode(bytes, format, null, KindCatalog.Default.FindSchema, FieldValidation.Strict).Object;
                Assert.True(JsonNode.DeepEquals(obj, back), $"{kind} {format}\n{obj.ToJsonString()}\n{back.ToJsonString()}");
            }
        }
    }

    /// <summary>A config map as Go's generated code writes it, byte for byte.</summary>
    [Fact]
    public void BytesAreThoseOfKubernetes()
    {
        var configMap = JsonNode.Parse("""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n","creationTimestamp":null},"data":{"b":"2","a":"1"},"immutable":true}
            """)!.AsObject();
        var schema = KindCatalog.Default.FindSchema("v1", "ConfigMap")!;
        var bytes = ObjectCodec.Encode(configMap, WireFormat.Protobuf, schema);
        // ObjectMeta: name, generateName, namespace, selfLink, uid, resourceVersion, generation, creationTimestamp.
        const string meta = "0a016e" + "1200" + "1a00" + "2200" + "2a00" + "3200" + "3800" + "4200";
        const string data = "1206" + "0a0161" + "120131" + "1206" + "0a0162" + "120132";
        const string raw = "0a11" + meta + data + "2001";
        const string expected = "6b387300" + "0a0f" + "0a027631" + "1209436f6e6669674d6170" + "1225" + raw + "1a00" + "2200";
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void MutatedBytesAreDecodedOrRefusedButNeverBreakTheDecoder()
    {
        var random = new Prng(7);
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            var valid = ObjectCodec.Encode(new ObjectGenerator(3).Make(kind), WireFormat.Protobuf, kind.Schema);
            for (var i = 0; i < 150; i++)
            {
                Try(() => Decode(Mutate(valid, random)));
            }
        }
    }

    [Fact]
    public void MutatedTextIsDecodedOrRefusedButNeverBreaksTheDecoder()
    {
        var random = new Prng(11);
        foreach (var kind in KindCatalog.Default.Kinds)
        {
            var obj = new ObjectGenerator(5).Make(kind);
            foreach (var format in (WireFormat[])[WireFormat.Json, WireFormat.Yaml])
            {
                var valid = ObjectCodec.Encode(obj, format, null);
                for (var i = 0; i < (format == WireFormat.Yaml ? 6 : 60); i++)
                {
                    Try(() => ObjectCodec.Decode(Mutate(valid, random), format, kind.GroupVersionKind, KindCatalog.Default.FindSchema, FieldValidation.Ignore));
                }
            }
        }
    }

    private static void Try(Func<DecodedObject> decode)
    {
        try
        {
            // What decodes must also encode again.
            var decoded = decode();
            ObjectCodec.Encode(decoded.Object, WireFormat.Protobuf, decoded.Schema);
        }
        catch (DecodeException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static byte[] Mutate(byte[] valid, Prng random)
    {
        var bytes = valid.ToList();
        for (var n = 1 + (random.NextUInt64() % 4); n > 0; n--)
        {
            var at = (int)(random.NextUInt64() % (ulong)bytes.Count);
            switch (random.NextUInt64() % 4)
            {
                case 0: bytes[at] = (byte)random.NextUInt64(); break;
                case 1: bytes[at] ^= (byte)(1 << (int)(random.NextUInt64() % 8)); break;
                case 2: bytes.Insert(at, (byte)random.NextUInt64()); break;
                default: bytes.RemoveRange(at, Math.Min(bytes.Count - at - 1, 1 + (int)(random.NextUInt64() % 8))); break;
            }
        }

        return [.. bytes];
    }

    [Theory]
    [InlineData("", "expected prefix")]
    [InlineData("6b38730012ffffffff0f", "unexpected EOF")]
    [InlineData("6b3873000a0f0a0276311209436f6e6669674d61701203120000", "illegal tag 0")]
    public void MalformedEnvelopesAreRefused(string hex, string part) =>
        Assert.Contains(part, Assert.Throws<DecodeException>(() => Decode(Convert.FromHexString(hex))).Message, StringComparison.Ordinal);

    [Fact]
    public void WatchEventsAreFramedByLength()
    {
        var pod = JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""")!.AsObject();
        var schema = KindCatalog.Default.FindSchema("v1", "Pod");
        var frame = ObjectCodec.EncodeWatchEvent("ADDED", pod, WireFormat.Protobuf, schema);
        Assert.Equal(frame.Length - 4, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame));
        Assert.Equal("0a054144444544", Convert.ToHexStringLower(frame.AsSpan(4, 7)));
        Assert.Equal("""{"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}}""" + "\n", Encoding.UTF8.GetString(ObjectCodec.EncodeWatchEvent("ADDED", pod, WireFormat.Json, null)));
    }
}
