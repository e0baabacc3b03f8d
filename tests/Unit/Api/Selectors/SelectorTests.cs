using System.Text.Json.Nodes;
using Kube.Api.Selectors;

namespace Kube.Api.Tests.Selectors;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("", "", "a=b", true)]
    [InlineData("a=b", "a=b", "a=b", true)]
    [InlineData("a==b", "a==b", "a=c", false)]
    [InlineData("a != b", "a!=b", "", true)]
    [InlineData("a!=b", "a!=b", "a=b", false)]
    [InlineData("a", "a", "a=", true)]
    [InlineData("!a", "!a", "a=b", false)]
    [InlineData("! a", "!a", "b=a", true)]
    [InlineData("a in (c, b)", "a in (b,c)", "a=c", true)]
    [InlineData("a in (b,)", "a in (,b)", "a=", true)]
    [InlineData("a notin (b)", "a notin (b)", "", true)]
    [InlineData("a notin (b)", "a notin (b)", "a=b", false)]
    [InlineData("x in (a),a=b", "a=b,x in (a)", "x=a,a=b", true)]
    [InlineData("a>5", "a>5", "a=6", true)]
    [InlineData("a<5", "a<5", "a=x", false)]
    [InlineData("a=", "a=", "a=", true)]
    [InlineData("a in ()", "a in ()", "a=", true)]
    [InlineData("in=notin", "in=notin", "in=notin", true)]
    [InlineData("example.com/a.b_c=D-1", "example.com/a.b_c=D-1", "example.com/a.b_c=D-1", true)]
    public void LabelSelectorsReadPrintAndMatch(string text, string printed, string labels, bool matches)
    {
        var selector = LabelSelector.Parse(text);
        Assert.Equal(printed, selector.ToString());
        Assert.Equal(printed, LabelSelector.Parse(printed).ToString());
        var map = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
        Assert.Equal(matches, selector.Matches(map));
        Assert.Equal(matches, selector.Matches(new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)))));
    }

    [Theory]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a,,b", "found ',', expected: identifier after ','")]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("=b", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("a=b c", "found 'c', expected: ',' or 'end of string'")]
    [InlineData("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("-a", "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("a=-", "unable to parse requirement: values[0][a]: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")]
    public void BadLabelSelectorsAreNamed(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SelectorException>(() => LabelSelector.Parse(text)).Message);

    [Fact]
    public void TheObjectFormSelects()
    {
        var selector = LabelSelector.FromObject(JsonNode.Parse("""
            {"matchLabels":{"a":"b"},"matchExpressions":[{"key":"c","operator":"In","values":["d","e"]},{"key":"f","operator":"DoesNotExist"}]}
            """)!.AsObject());
        Assert.Equal("a=b,c in (d,e),!f", selector.ToString());
        Assert.True(LabelSelector.FromObject(null).IsNothing);
        Assert.False(LabelSelector.FromObject(null).Matches(new JsonObject()));
        Assert.True(LabelSelector.FromObject([]).IsEverything);
        var bad = JsonNode.Parse("""{"matchExpressions":[{"key":"a","operator":"Frob"}]}""")!.AsObject();
        Assert.Equal("\"Frob\" is not a valid label selector operator", Assert.Throws<SelectorException>(() => LabelSelector.FromObject(bad)).Message);
    }

    [Theory]
    [InlineData("status.phase=Running", true)]
    [InlineData("status.phase!=Running", false)]
    [InlineData("spec.nodeName=,metadata.name==a", true)]
    [InlineData("spec.hostNetwork=true", true)]
    [InlineData(@"metadata.annotations.x=a\,b\=c\\", true)]
    [InlineData("", true)]
    public void FieldSelectorsMatch(string text, bool matches)
    {
        var obj = JsonNode.Parse("""{"metadata":{"name":"a","annotations":{"x":"a,b=c\\"}},"spec":{"hostNetwork":true},"status":{"phase":"Running"}}""")!.AsObject();
        var selector = FieldSelector.Parse(text);
        Assert.Equal(matches, selector.Matches(obj));
        Assert.Equal(selector.ToString(), FieldSelector.Parse(selector.ToString()).ToString());
    }

    [Theory]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    [InlineData(@"a=\x", @"invalid field selector: invalid escape sequence: \x")]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: 61")]
    public void BadFieldSelectorsAreNamed(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SelectorException>(() => FieldSelector.Parse(text)).Message);
}
