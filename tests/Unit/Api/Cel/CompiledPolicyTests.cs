using System.Text.Json.Nodes;
using Kube.Api.Cel;

namespace Kube.Api.Tests.Cel;

public sealed class CompiledPolicyTests
{
    [Theory]
    [InlineData("object.spec.replicas <= 5", "")]
    [InlineData("object.spec.replicas <= 1", "failed expression: object.spec.replicas <= 1")]
    [InlineData("object.spec.missing == 1", "expression 'object.spec.missing == 1' resulted in error: no such key: missing")]
    [InlineData("oldObject == null && namespaceObject.metadata.name == 'ns' && params.data.limit == '3'", "")]
    [InlineData("request.operation == 'CREATE' && !has(request.subResource) && request.userInfo.username == 'u' && 'g' in request.userInfo.groups", "")]
    [InlineData("authorizer.group('apps').resource('deployments').namespace('ns').check('create').allowed()", "")]
    [InlineData("authorizer.group('').resource('secrets').check('get').reason() == 'no'", "")]
    [InlineData("authorizer.requestResource.check('delete').allowed()", "failed expression: authorizer.requestResource.check('delete').allowed()")]
    [InlineData("authorizer.serviceAccount('ns', 'sa').path('/healthz').check('get').allowed()", "")]
    [InlineData("quantity(object.spec.memory).isLessThan(quantity('2Gi')) && quantity('1k').add(1).asInteger() == 1001", "")]
    [InlineData("!format.dns1123Label().validate('Bad_name').hasValue()", "failed expression: !format.dns1123Label().validate('Bad_name').hasValue()")]
    [InlineData("object.spec.list.map(x, x.n).sum() == 3", "")]
    [InlineData("object.spec.replicas == 3 && nothing", "compilation error: compilation failed: ERROR: <input>:1:30: undeclared reference to 'nothing' (in container '')\n | object.spec.replicas == 3 && nothing\n | .............................^")]
    public void A_validation_holds_or_says_why(string expression, string expected) =>
        Assert.Equal(expected, First(Policy($$$"""{"validations":[{"expression":{{{Quote(expression)}}}}]}""")));

    [Fact]
    public void Variables_are_worked_out_once_and_may_name_those_before()
    {
        const string spec = """
            {"variables":[{"name":"replicas","expression":"object.spec.replicas"},{"name":"double","expression":"variables.replicas * 2"}],
             "validations":[{"expression":"variables.double > variables.replicas && variables.double == 6"},{"expression":"variables.double == 7","messageExpression":"'double is ' + string(variables.double)"}]}
            """;
        Assert.Equal("double is 6", First(Policy(spec)));
        Assert.Equal(
            "expression 'variables.bad' resulted in error: composited variable \"bad\" fails to evaluate: no such key: none",
            First(Policy("""{"variables":[{"name":"bad","expression":"object.none == 1"}],"validations":[{"expression":"variables.bad"}]}""")));
    }

    [Theory]
    [InlineData("""{"expression":"false","message":" said "}""", "said", null)]
    [InlineData("""{"expression":"false","message":"said","messageExpression":"'found ' + string(object.spec.replicas)","reason":"Forbidden"}""", "found 3", "Forbidden")]
    [InlineData("""{"expression":"false","message":"said","messageExpression":"object.none"}""", "said", null)]
    [InlineData("""{"expression":"false","message":"said","messageExpression":"'two\\nlines'"}""", "said", null)]
    [InlineData("""{"expression":"false","messageExpression":"'  '"}""", "failed expression: false", null)]
    public void The_message_is_the_expression_s_or_the_text(string validation, string message, string? reason)
    {
        var failure = Assert.Single(Policy($$"""{"validations":[{{validation}}]}""").Failures);
        Assert.Equal((message, reason), (failure.Message, failure.Reason));
    }

    [Theory]
    [InlineData("Fail", 1)]
    [InlineData("Ignore", 0)]
    public void The_failure_policy_decides_on_errors(string policy, int failures)
    {
        Assert.Equal(failures, Policy($$"""{"failurePolicy":"{{policy}}","validations":[{"expression":"object.none == 1"}]}""").Failures.Count);
        Assert.Equal(failures, Policy($$"""{"failurePolicy":"{{policy}}","matchConditions":[{"name":"c","expression":"object.none == 1"}],"validations":[{"expression":"false"}]}""").Failures.Count);
        Assert.Equal(failures, Policy($$"""{"failurePolicy":"{{policy}}","auditAnnotations":[{"key":"k","valueExpression":"object.none + ''"}]}""").AuditFaults.Count);
    }

    [Fact]
    public void A_condition_that_does_not_hold_ends_it() => Assert.Empty(
        Policy("""{"matchConditions":[{"name":"e","expression":"object.none == 1"},{"name":"c","expression":"request.name != 'd'"}],"validations":[{"expression":"false"}]}""").Failures);

    [Fact]
    public void Audit_annotations_say_something_or_nothing() => Assert.Equal(
        [("a", "three")],
        Policy("""{"auditAnnotations":[{"key":"a","valueExpression":"' three '"},{"key":"b","valueExpression":"null"},{"key":"c","valueExpression":"' '"}]}""").AuditAnnotations);

    [Fact]
    public void What_costs_too_much_fails()
    {
        var one = string.Concat(Enumerable.Repeat("[1,2,3,4,5,6,7,8,9,10].all(x, ", 6)) + "true" + new string(')', 6);
        Assert.Equal($"expression '{one}' resulted in error: operation cancelled: actual cost limit exceeded", First(Policy($$"""{"validations":[{"expression":"{{one}}"}]}""")));
        var five = string.Concat(Enumerable.Repeat("[1,2,3,4,5,6,7,8,9,10].all(x, ", 5)) + "true" + new string(')', 5);
        var many = string.Join(",", Enumerable.Repeat($$"""{"expression":"{{five}}"}""", 40));
        Assert.Equal("validation failed due to running out of cost budget, no further validation rules will be run", First(Policy($$"""{"validations":[{{many}}]}""")));
    }

    private static string First(PolicyResult result) => result.Failures.Count == 0 ? "" : result.Failures[0].Message;

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    private static PolicyResult Policy(string spec)
    {
        var parsed = Parse(spec);
        parsed["paramKind"] = Parse("""{"apiVersion":"v1","kind":"ConfigMap"}""");
        AuthorizationAnswer Ask(AuthorizationQuestion q) => new(q.Verb == "create" || q.ServiceAccount == ("ns", "sa"), "no", null);
        return CompiledPolicy.Compile(parsed).Evaluate(new PolicyInput
        {
            Object = Parse("""{"metadata":{"name":"d","namespace":"ns"},"spec":{"replicas":3,"memory":"1Gi","list":[{"n":1},{"n":2}]}}"""),
            OldObject = null,
            Request = Parse("""{"operation":"CREATE","name":"d","namespace":"ns","userInfo":{"username":"u","groups":["g"]},"dryRun":false}"""),
            Namespace = Parse("""{"metadata":{"name":"ns"}}"""),
            Params = Parse("""{"data":{"limit":"3"}}"""),
            Authorizer = AuthorizerLibrary.Authorizer(Ask),
            RequestResource = AuthorizerLibrary.RequestResource(Ask, new AuthorizationQuestion(null, "", null, "apps", "deployments", "", "ns", "d")),
        });
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
