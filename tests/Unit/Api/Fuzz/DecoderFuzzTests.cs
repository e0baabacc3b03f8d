using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Printing;
using Kube.Api.Schema;
using Kube.Api.Selectors;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.Api.Values;

namespace Kube.Api.Tests.Fuzz;

/// <summary>
/// Every reader of what clients send, fed with damaged inputs: it gives an answer or its one exception, and what it
/// takes, everything behind it takes too.
/// </summary>
public sealed class DecoderFuzzTests
{
    private const int Rounds = 3_000;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, FuzzTarget> Targets = new()
    {
        ["JSON"] = new(FuzzInputs.Encoded(WireFormat.Json), ReadJson, FuzzInputs.JsonWords),
        ["YAML"] = new([.. FuzzInputs.Encoded(WireFormat.Yaml), FuzzInputs.Bytes("a: &a {b: [1, 0o7, ~, 'x']}\nc:\n  <<: *a\n  d: |\n    text\n? e\n: !!str 1\n")], ReadYaml, FuzzInputs.YamlWords),
        ["text in YAML"] = new([.. Texts("plain", "two\nlines\n", "- a: b", "é \u2028 \ud83d\ude00", "  # no", "true", "1_000", "\t", "|")], WriteYamlText, [.. FuzzInputs.YamlWords, "\r\n", "\u2029", " ", "\n\n", "\u0000", "\u007f", "\ufffe"]),
        ["object in JSON"] = new(FuzzInputs.Encoded(WireFormat.Json), bytes => ReadObject(bytes, WireFormat.Json), FuzzInputs.JsonWords),
        ["object in YAML"] = new(FuzzInputs.Encoded(WireFormat.Yaml), bytes => ReadObject(bytes, WireFormat.Yaml), FuzzInputs.YamlWords),
        ["object in protobuf"] = new(FuzzInputs.Encoded(WireFormat.Protobuf), bytes => ReadObject(bytes, WireFormat.Protobuf), "\n\u0001", "\u0012\u0000", "k8s\0"),
        ["label selector"] = new([.. Texts("app=web,tier in (a,b),!legacy,x notin (),y,a.b/c!=d,e>1,f<2")], ReadLabelSelector, ",", "in", "notin", "(", ")", "!", "==", "!=", "<", ">", "=", " ", "\0", "é"),
        ["field selector"] = new([.. Texts("a=b,c!=d\\,e,metadata.name==x", "spec.nodeName=")], ReadFieldSelector, ",", "\\", "=", "!=", "==", "."),
        ["quantity"] = new([.. Texts("1", "1500m", "-1.5Gi", "1e3", "1E-9", ".5", "12345678901234567890Ki", "+0.001n")], ReadQuantity, "e", "E", "Ki", "m", "n", "-", "+", ".", "9999999999", "0", "e9", "e-9", "E2147483648"),
        ["time"] = new([.. Texts("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.123456+01:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")], ReadTime, "+24:00", "T", "Z", ".", "99999", "-"),
        ["Accept"] = new([.. Texts("application/json;as=Table;v=v1;g=meta.k8s.io,application/vnd.kubernetes.protobuf;q=0.5,*/*", "application/yaml")], ReadAccept, ";", ",", "q=", "as=Table", "\"", "*/*", "=", "charset"),
    };

    public static TheoryData<string> Names => [.. Targets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_input_is_refused_in_an_orderly_way(string name)
    {
        var (refused, _) = Fuzzer.Run(Targets[name], Rounds, seed: 1);
        Assert.True(refused > 0 || name is "Accept" or "text in YAML", "nothing was refused: the input was hardly damaged");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sound_input_is_taken(string name) => Assert.All(Targets[name].Sound, input => Assert.True(Targets[name].TryRead(input)));

    /// <summary>The harness finds a reader that trusts a length.</summary>
    [Fact]
    public void A_careless_reader_is_found()
    {
        var careless = new FuzzTarget([[3, 1, 2, 3]], bytes => bytes.AsSpan(1, bytes[0]).Length > 0);
        Assert.ThrowsAny<Exception>(() => Fuzzer.Run(careless, Rounds, seed: 1));
    }

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static bool ReadJson(byte[] bytes) => Try<DecodeException>(() =>
    {
        var node = JsonTree.Parse(bytes);
        Assert.True(JsonNode.DeepEquals(node, JsonTree.Parse(JsonTree.ToBytes(node))));
    });

    internal static bool ReadYaml(byte[] bytes) => Try<DecodeException>(() =>
    {
        var node = YamlTree.Parse(bytes);
        Assert.Equal(JsonTree.ToBytes(Sorted(node)), JsonTree.ToBytes(Sorted(YamlTree.Parse(YamlTree.ToBytes(node)))));
    });

    private static bool WriteYamlText(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var list = new JsonArray(new JsonObject { [text] = text }, new JsonArray(text));
        Assert.Equal(list.ToJsonString(), YamlTree.Parse(YamlTree.ToBytes(list))?.ToJsonString());
        return true;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject obj => new JsonObject(obj.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Decodes, encodes in every format, defaults, validates as new and as changed, and shows as a table.</summary>
    internal static bool ReadObject(byte[] bytes, WireFormat format) => Try<DecodeException>(() =>
    {
        var decoded = ObjectCodec.Decode(bytes, format, null, KindCatalog.Default.FindSchema, FieldValidation.Ignore);
        var kind = FuzzInputs.KindOf(decoded.ApiVersion, decoded.Kind);
        foreach (var other in (WireFormat[])[WireFormat.Json, WireFormat.Yaml, WireFormat.Protobuf])
        {
            var again = ObjectCodec.Decode(ObjectCodec.Encode(decoded.Object, other, decoded.Schema), other, null, KindCatalog.Default.FindSchema, FieldValidation.Ignore);
            Assert.Equal(decoded.Kind, again.Object.Text("kind"));
        }

        var obj = (JsonObject)decoded.Object.DeepClone();
        Defaulter.Apply(obj, decoded.Schema);
        Validator.ValidateCreate(obj, kind);
        Validator.ValidateUpdate(obj, decoded.Object, kind);
        Validator.ValidateUpdate(obj, decoded.Object, kind, "status");
        TablePrinter.Row(kind.Group, kind.Kind, obj, Now);
    });

    private static bool ReadLabelSelector(byte[] bytes) => Try<SelectorException>(() =>
    {
        var selector = LabelSelector.Parse(Encoding.UTF8.GetString(bytes));
        Assert.Equal(selector.ToString(), LabelSelector.Parse(selector.ToString()).ToString());
    });

    private static bool ReadFieldSelector(byte[] bytes) => Try<SelectorException>(() =>
    {
        var selector = FieldSelector.Parse(Encoding.UTF8.GetString(bytes));
        Assert.Equal(selector.Requirements.ToHashSet(), FieldSelector.Parse(selector.ToString()).Requirements.ToHashSet());
    });

    private static bool ReadQuantity(byte[] bytes)
    {
        if (!Quantity.TryParse(Encoding.UTF8.GetString(bytes), out var quantity))
        {
            return false;
        }

        Assert.True(Quantity.TryParse(quantity.ToString(), out var again));
        Assert.Equal(quantity, again);
        Assert.Equal(quantity + quantity, quantity * 2);
        Assert.True((quantity - quantity).Sign == 0);
        _ = quantity.Value();
        return true;
    }

    private static bool ReadTime(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (!Time.TryParse(text, out var time) | !MicroTime.TryParse(text, out var micro))
        {
            return false;
        }

        Assert.Equal(time, Time.Parse(time.ToString()));
        Assert.Equal(micro, MicroTime.Parse(micro.ToString()));
        return true;
    }

    private static bool ReadAccept(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        _ = WireFormats.FromContentType(text);
        return AcceptHeader.Negotiate(text) is not null;
    }

    private static bool Try<TRefusal>(Action read)
        where TRefusal : Exception
    {
        try
        {
            read();
            return true;
        }
        catch (TRefusal)
        {
            return false;
        }
    }
}
