using System.Text.Json.Nodes;
using Kube.Api.Defaulting;
using Kube.Api.Schema;
using Kube.Api.Validation;

namespace Kube.Api.Tests.Validation;

public sealed class AdmissionRulesTests
{
    private const string Rule = """{"operations":["CREATE"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"]}""";

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"name":"short"}""", "webhooks[0].name: Invalid value: \"short\": should be a domain with at least three segments separated by dots")]
    [InlineData("""{"sideEffects":"Some"}""", "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"")]
    [InlineData("""{"timeoutSeconds":31}""", "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds")]
    [InlineData("""{"clientConfig":{}}""", "webhooks[0].clientConfig: Required value: exactly one of url or service is required")]
    [InlineData("""{"clientConfig":{"url":"http://user@example.com/p?q#f"}}""",
        "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]\nwebhooks[0].clientConfig.url: Invalid value: \"user\": user information is not permitted in the URL\nwebhooks[0].clientConfig.url: Invalid value: \"f\": fragments are not permitted in the URL\nwebhooks[0].clientConfig.url: Invalid value: \"q\": query parameters are not permitted in the URL")]
    [InlineData("""{"clientConfig":{"service":{"name":"n","namespace":"s","path":"a"}}}""", "webhooks[0].clientConfig.service.path: Invalid value: \"a\": must start with a '/'")]
    [InlineData("""{"rules":[{"operations":["*","CREATE"],"apiGroups":["*","a"],"apiVersions":["v1"],"resources":["pods/*","pods/status"]}]}""",
        "webhooks[0].rules[0].operations: Invalid value: []admissionregistration.OperationType{\"*\", \"CREATE\"}: if '*' is present, must not specify other operations\nwebhooks[0].rules[0].apiGroups: Invalid value: []string{\"*\", \"a\"}: if '*' is present, must not specify other API groups\nwebhooks[0].rules[0].resources[1]: Invalid value: \"pods/status\": if 'pods/*' is present, must not specify pods/status")]
    [InlineData("""{"admissionReviewVersions":["v2"]}""", "webhooks[0].admissionReviewVersions: Invalid value: []string{\"v2\"}: must include at least one of v1, v1beta1")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"true"},{"name":"a","expression":" "}]}""", "webhooks[0].matchConditions[1].expression: Required value\nwebhooks[0].matchConditions[1].name: Duplicate value: \"a\"")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"... [bad expression"}]}""",
        "webhooks[0].matchConditions[0].expression: Invalid value: \"... [bad expression\": compilation failed: ERROR: <input>:1:2: Syntax error: mismatched input '.' expecting IDENTIFIER\n | ... [bad expression\n | .^")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"object.x"}]}""", "webhooks[0].matchConditions[0].expression: Invalid value: \"object.x\": must evaluate to bool but got dyn")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"params.x == 1"}]}""",
        "webhooks[0].matchConditions[0].expression: Invalid value: \"params.x == 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x == 1\n | ^")]
    public void Webhooks(string part, string expected)
    {
        var hook = Parse($$$"""{"name":"w.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"namespace":"n","name":"n"}},"rules":[{{{Rule}}}]}""");
        foreach (var (name, value) in Parse(part))
        {
            hook[name] = value?.DeepClone();
        }

        var configuration = new JsonObject
        {
            ["apiVersion"] = "admissionregistration.k8s.io/v1",
            ["kind"] = "ValidatingWebhookConfiguration",
            ["metadata"] = new JsonObject { ["name"] = "c" },
            ["webhooks"] = new JsonArray(hook),
        };
        Assert.Equal(expected, Check(configuration));
    }

    [Fact]
    public void A_stored_condition_is_left_alone()
    {
        var old = Parse($$$"""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"c","resourceVersion":"1"},"webhooks":[{"name":"w.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"namespace":"n","name":"n"}},"rules":[{{{Rule}}}],"matchConditions":[{"name":"a","expression":"bad ["}]}]}""");
        Assert.NotEqual("", Check((JsonObject)old.DeepClone()));
        Assert.Empty(Validator.ValidateUpdate((JsonObject)old.DeepClone(), old, KindOf(old)));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"validations":[]}""", "spec.validations: Required value: validations or auditAnnotations must contain at least one item\nspec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item")]
    [InlineData("""{"validations":[{"expression":"1"}]}""", "spec.validations[0].expression: Invalid value: \"1\": must evaluate to bool but got int")]
    [InlineData("""{"validations":[{"expression":"true","message":"a\nb","reason":"Conflict","messageExpression":"1"}]}""",
        "spec.validations[0].messageExpression: Invalid value: \"1\": must evaluate to string but got int\nspec.validations[0].message: Invalid value: \"a\\nb\": message must not contain line breaks\nspec.validations[0].reason: Unsupported value: \"Conflict\": supported values: \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"")]
    [InlineData("""{"validations":[{"expression":"request.nope == ''"}]}""", "spec.validations[0].expression: Invalid value: \"request.nope == ''\": compilation failed: ERROR: <input>:1:8: undefined field 'nope'\n | request.nope == ''\n | .......^")]
    [InlineData("""{"validations":[{"expression":"true","messageExpression":"authorizer.path('/').check('get').reason()"}]}""",
        "spec.validations[0].messageExpression: Invalid value: \"authorizer.path('/').check('get').reason()\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | authorizer.path('/').check('get').reason()\n | ^")]
    [InlineData("""{"variables":[{"name":"a-b","expression":"1"},{"name":"x","expression":"variables.y"}]}""",
        "spec.variables[0].name: Invalid value: \"a-b\": name is not a valid CEL identifier\nspec.variables[1].expression: Invalid value: \"variables.y\": compilation failed: ERROR: <input>:1:10: undefined field 'y'\n | variables.y\n | .........^")]
    [InlineData("""{"auditAnnotations":[{"key":"k","valueExpression":"1"}]}""", "spec.auditAnnotations[0].valueExpression: Invalid value: \"1\": must evaluate to one of [string null_type] but got int")]
    [InlineData("""{"paramKind":{"apiVersion":"v1/v2/v3","kind":""}}""", "spec.paramKind.apiVersion: Invalid value: \"v1/v2/v3\": unexpected GroupVersion string: v1/v2/v3\nspec.paramKind.kind: Required value")]
    [InlineData("""{"matchConstraints":{"resourceRules":[]}}""", "spec.matchConstraints.resourceRules: Required value")]
    public void Policies(string part, string expected)
    {
        var spec = Parse($$$"""{"matchConstraints":{"resourceRules":[{{{Rule}}}]},"validations":[{"expression":"true"}]}""");
        foreach (var (name, value) in Parse(part))
        {
            spec[name] = value?.DeepClone();
        }

        Assert.Equal(expected, Check(Named("ValidatingAdmissionPolicy", spec)));
    }

    [Theory]
    [InlineData("""{"policyName":"p","validationActions":["Deny"]}""", "")]
    [InlineData("""{"validationActions":["Deny","Warn","Deny"]}""",
        "spec.policyName: Required value\nspec.validationActions[2]: Duplicate value: \"Deny\"\nspec.validationActions: Invalid value: []admissionregistration.ValidationAction{\"Deny\", \"Warn\", \"Deny\"}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)")]
    [InlineData("""{"policyName":"p","validationActions":["Audit"],"paramRef":{}}""", "spec.paramRef: Required value: one of name or selector must be specified\nspec.paramRef.parameterNotFoundAction: Required value")]
    [InlineData("""{"policyName":"p","validationActions":["Audit"],"paramRef":{"name":"n","selector":{},"parameterNotFoundAction":"Deny"}}""",
        "spec.paramRef.name: Forbidden: name and selector are mutually exclusive\nspec.paramRef.selector: Forbidden: name and selector are mutually exclusive")]
    public void Bindings(string spec, string expected) => Assert.Equal(expected, Check(Named("ValidatingAdmissionPolicyBinding", Parse(spec))));

    private static JsonObject Named(string kind, JsonObject spec) => new()
    {
        ["apiVersion"] = "admissionregistration.k8s.io/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = "p" },
        ["spec"] = spec,
    };

    private static string Check(JsonObject obj)
    {
        var kind = KindOf(obj);
        Defaulter.Apply(obj, kind.Schema);
        return string.Join("\n", Validator.ValidateCreate(obj, kind));
    }

    private static KindInfo KindOf(JsonObject obj) => KindCatalog.Default.FindKind("admissionregistration.k8s.io", "v1", obj["kind"]!.GetValue<string>())!;

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
