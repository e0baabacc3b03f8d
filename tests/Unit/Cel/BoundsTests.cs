using FsCheck;
using FsCheck.Fluent;
using Kube.Cel.Evaluation;
using Kube.Cel.Libraries;
using Kube.Cel.Values;

namespace Kube.Cel.Tests;

/// <summary>What keeps expressions from strangers harmless: cost, depth, and no input that throws anything else.</summary>
public sealed class BoundsTests
{
    private static readonly string[] Words =
    [
        "1", "2u", "1.5", "'a'", "b'a'", "true", "null", "x", "[", "]", "{", "}", "(", ")", ".", ",", ":", "?", "+", "-", "*", "/", "%", "!", "==",
        "!=", "<", "<=", "&&", "||", "in", "has", "size", "all", "map", "filter", "optional", "of", ".?", "[?", "duration('1s')", "matches", "\n", " ", "//", "\"", "'",
        "\\", "\ud83d", "é", "😀", "0x", "1e", "..", "type", "string", "for", "ip('::1')", "@",
    ];

    [Fact]
    public void Words_in_any_order_compile_or_are_refused()
    {
        var sources = Gen.Elements(Words).ArrayOf().Select(words => string.Concat(words));
        Prop.ForAll(sources.ToArbitrary(), EndsWell).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public void A_good_expression_with_a_byte_changed_compiles_or_is_refused()
    {
        const string good = """[{'a': 1}].filter(x, has(x.a) && x.a in [1, 2] ? 'é'.matches(r"^\w+$") : !(1.5 > 2.0)).map(y, y.?a.orValue(3) + size("\x41😀"))[0] == -4""";
        var changed = from at in Gen.Choose(0, good.Length - 1)
                      from letter in Gen.Choose(0, 0x3000)
                      from cut in Gen.Choose(0, 2)
                      select cut == 0 ? good[..at] : cut == 1 ? good[..at] + (char)letter + good[(at + 1)..] : good[..at] + good[(at + 1)..];
        Prop.ForAll(changed.ToArbitrary(), EndsWell).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public void A_regular_expression_matches_or_is_refused()
    {
        var parts = Gen.Elements("a", "\\", "[", "]", "(", ")", "?", "*", "+", "{2}", "{", "}", "|", "^", "$", ".", "\\d", "[:alpha:]", "(?i)", "(?P<n>", "\\pL", "\\x{41}", "\\Q", "-", "é", "(?=", "\\1", " ");
        Prop.ForAll(parts.ArrayOf().Select(p => string.Concat(p)).ToArbitrary(), pattern =>
        {
            var environment = KubernetesLibraries.Base.WithVariable("p", Types.CelType.String);
            var value = Expressions.Evaluate("'aAé [x]'.matches(p)", environment, new Dictionary<string, CelValue> { ["p"] = new StringValue(pattern) });
            return value is BoolValue or ErrorValue;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [InlineData("(", 1_000)]
    [InlineData("[", 1_000)]
    [InlineData("!(", 1_000)]
    [InlineData("-(", 1_000)]
    [InlineData("f(", 1_000)]
    [InlineData("{'a':", 1_000)]
    [InlineData("true ? ", 1_000)]
    [InlineData("1 + ", 20_000)]
    [InlineData("a.", 20_000)]
    [InlineData("[1].map(x, ", 1_000)]
    public void Deep_expressions_are_refused(string opening, int times) =>
        Assert.Throws<CelCompileException>(() => Expressions.Evaluate(string.Concat(Enumerable.Repeat(opening, times)) + "1"));

    [Fact]
    public void Deep_expressions_within_the_bound_work()
    {
        Assert.Equal("500", Expressions.Show(string.Join(" + ", Enumerable.Repeat("1", 500))));
        Assert.Equal("true", Expressions.Show(string.Join(" && ", Enumerable.Repeat("true", 5_000))));
        Assert.Equal("1", Expressions.Show(new string('(', 200) + "1" + new string(')', 200)));
        var targets = string.Concat(Enumerable.Repeat(".optMap(x, x)", 60));
        Assert.Equal("1", Expressions.Show($"optional.of(1){targets}.value()"));
    }

    [Fact]
    public void What_costs_too_much_is_ended()
    {
        var numbers = "[" + string.Join(", ", Enumerable.Range(0, 100)) + "]";
        var program = KubernetesLibraries.Base.Compile($"{numbers}.all(a, {numbers}.all(b, {numbers}.all(c, {numbers}.all(d, a + b + c + d >= 0))))");
        var meter = new CostMeter(100_000);
        var value = Assert.IsType<ErrorValue>(program.Evaluate(CelVariables.None, meter));
        Assert.Equal("operation cancelled: actual cost limit exceeded", value.Message);
        Assert.True(meter.IsExceeded);
    }

    [Theory]
    [InlineData("1 + 2", 1)]
    [InlineData("[1, 2]", 10)]
    [InlineData("{'a': 1}.a", 31)]
    [InlineData("has({'a': 1}.a)", 30)]
    [InlineData("'0123456789'.startsWith('0')", 1)]
    [InlineData("'0123456789' + '0123456789'", 2)]
    [InlineData("true ? 1 : 2", 0)]
    [InlineData("5 in [1, 2, 3]", 13)]
    public void Costs_are_those_of_cel_go(string source, long expected)
    {
        var meter = new CostMeter(Expressions.Limit);
        KubernetesLibraries.Base.Compile(source).Evaluate(CelVariables.None, meter);
        Assert.Equal(expected, meter.Spent);
    }

    private static bool EndsWell(string source)
    {
        try
        {
            Expressions.Evaluate(source, KubernetesLibraries.Base.WithVariable("x", Types.CelType.Dyn), new Dictionary<string, CelValue> { ["x"] = IntValue.Of(1) });
        }
        catch (CelCompileException exception)
        {
            return exception.Message.StartsWith("ERROR: <input>:", StringComparison.Ordinal);
        }

        return true;
    }
}
