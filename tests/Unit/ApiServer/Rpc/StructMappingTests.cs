using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Kube.Api.Schema;
using Kube.ApiServer.Rpc;

namespace Kube.ApiServer.Tests.Rpc;

/// <summary>JSON to Struct and back loses nothing.</summary>
public sealed class StructMappingTests
{
    private const long Edge = StructReader.MaxExactInteger;

    [Fact]
    public void What_goes_out_comes_back()
    {
        var objects = Objects(4).ToArbitrary();
        Prop.ForAll(objects, json => JsonNode.DeepEquals(json, RoundTrip(json, null))).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-1", "-1")]
    [InlineData("0.1", "0.1")]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("-9007199254740991", "-9007199254740991")]
    [InlineData("9007199254740992", "\"9007199254740992\"")]
    [InlineData("9007199254740993", "\"9007199254740993\"")]
    [InlineData("-9223372036854775808", "\"-9223372036854775808\"")]
    [InlineData("18446744073709551615", "\"18446744073709551615\"")]
    [InlineData("1e400", "\"1e400\"")]
    public void A_number_stays_itself_or_becomes_its_text(string json, string expected) =>
        Assert.Equal("{\"n\":" + expected + "}", Encoding.UTF8.GetString(StructWriter.Write(Read("{\"n\":" + json + "}"), null).Span));

    [Fact]
    public void Every_integer_survives_where_the_kind_has_one()
    {
        var job = KindCatalog.Default.FindSchema("batch/v1", "Job")!;
        var integers = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>(),
            Gen.Choose(-3, 3).Select(offset => Edge + offset),
            Gen.Choose(-3, 3).Select(offset => -Edge + offset),
            Gen.Elements(long.MinValue, long.MaxValue));
        Prop.ForAll(integers.ToArbitrary(), number =>
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            var json = """{"spec":{"activeDeadlineSeconds":N,"template":{"spec":{"tolerations":[{"tolerationSeconds":N}]}}}}""".Replace("N", text, StringComparison.Ordinal);
            return Encoding.UTF8.GetString(StructWriter.Write(Read(json), job).Span) == json;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("""{"spec":{"activeDeadlineSeconds":"5"}}""")]
    [InlineData("""{"metadata":{"labels":{"x":"9007199254740993"}}}""")]
    [InlineData("""{"spec":{"activeDeadlineSeconds":"99999999999999999999"}}""")]
    public void Text_that_is_no_large_integer_stays_text(string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(StructWriter.Write(Read(json), KindCatalog.Default.FindSchema("batch/v1", "Job")).Span));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(9007199254740992d)]
    [InlineData(-1e300)]
    public void A_number_that_may_have_been_rounded_is_refused(double number)
    {
        var value = new Struct { Fields = { ["a"] = Value.ForList(Value.ForNumber(number)) } };
        Assert.StartsWith("a[0]: ", Assert.Throws<FormatException>(() => StructWriter.Write(value, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_without_a_kind_is_refused() =>
        Assert.StartsWith("a.b: ", Assert.Throws<FormatException>(() => StructWriter.Write(
            new Struct { Fields = { ["a"] = Value.ForStruct(new Struct { Fields = { ["b"] = new Value() } }) } }, null)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_reader_does_not_mind_where_a_buffer_ends()
    {
        var json = """{"metadata":{"name":"übung \u00e9\n","n":12345678901234567890,"list":[1.5,null,true,{}]}}""";
        var whole = Read(json);
        var bytes = Encoding.UTF8.GetBytes(json);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var first = new Segment(bytes.AsMemory(0, cut));
            var last = first.Append(bytes.AsMemory(cut));
            Assert.Equal(whole, StructReader.ReadObject(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)));
        }
    }

    private static Struct Read(string json) => StructReader.ReadObject(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));

    private static JsonNode? RoundTrip(JsonObject json, ObjectSchema? schema)
    {
        var wire = Read(json.ToJsonString()).ToByteArray();
        return JsonNode.Parse(StructWriter.Write(Struct.Parser.ParseFrom(wire), schema).Span);
    }

    private static Gen<JsonObject> Objects(int depth) =>
        from names in Strings().ArrayOf(4)
        from values in Values(depth - 1).ArrayOf(4)
        select new JsonObject(names.Distinct().Zip(values).Select(pair => KeyValuePair.Create(pair.First, pair.Second?.DeepClone())));

    private static Gen<JsonNode?> Values(int depth)
    {
        var scalars = Gen.OneOf(
            Gen.Constant<JsonNode?>(null),
            ArbMap.Default.GeneratorFor<bool>().Select(b => (JsonNode?)JsonValue.Create(b)),
            Gen.Choose(int.MinValue, int.MaxValue).Select(n => (JsonNode?)JsonValue.Create((long)n * 1_000)),
            ArbMap.Default.GeneratorFor<double>().Where(d => double.IsFinite(d) && !double.IsInteger(d)).Select(d => (JsonNode?)JsonValue.Create(d)),
            Strings().Select(s => (JsonNode?)JsonValue.Create(s)));
        return depth <= 0 ? scalars : Gen.OneOf(
            scalars,
            Objects(depth).Select(o => (JsonNode?)o),
            Values(depth - 1).ArrayOf(3).Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())])));
    }

    /// <summary>Text without lone surrogates, which neither UTF-8 nor protobuf has.</summary>
    private static Gen<string> Strings() => ArbMap.Default.GeneratorFor<string>().Select(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s ?? "")));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
