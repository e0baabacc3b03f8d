using Kube.Api.AdmissionRegistration.V1;
using Kube.Api.Cel;
using Kube.Api.Schema;
using PolicyValidation = Kube.Api.AdmissionRegistration.V1.Validation;

namespace Kube.Api.Tests.Cel;

/// <summary>What a policy's expressions get wrong about kinds.</summary>
public sealed class PolicyTypeCheckerTests
{
    private const string Wrong = "object.replicas > 1";
    private const string Issue = "ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n";

    [Theory]
    [InlineData("apps/v1/deployments", "object.spec.replicas > 1", "")]
    [InlineData("apps/v1/deployments", "oldObject.metadata.name == object.metadata.generateName && request.operation == 'CREATE'", "")]
    [InlineData("apps/v1/deployments", Wrong, "apps/v1, Kind=Deployment: " + Issue)]
    [InlineData("/v1/pods,services", Wrong, "/v1, Kind=Pod: " + Issue + "\n/v1, Kind=Service: " + Issue)]
    [InlineData("*/v1/deployments", Wrong, "")]
    [InlineData("apps/*/deployments", Wrong, "")]
    [InlineData("apps/v1/*", Wrong, "")]
    [InlineData("apps/v1/deployments/status", Wrong, "")]
    [InlineData("example.com/v1/widgets", Wrong, "")]
    public void Expressions_are_checked_against_the_kinds_that_rules_name(string rule, string expression, string expected)
    {
        var parts = rule.Split('/', 3);
        var policy = Policy(expression);
        policy.Spec!.MatchConstraints = new MatchResources
        {
            ResourceRules = [new NamedRuleWithOperations { ApiGroups = [parts[0]], ApiVersions = [parts[1]], Resources = [.. parts[2].Split(',')], Operations = ["*"] }],
        };
        Assert.Equal(expected, string.Join('|', PolicyTypeChecker.Check(policy, KindCatalog.Default).Select(static warning => warning.Warning)));
    }

    [Fact]
    public void Parameters_variables_and_messages_are_checked_too()
    {
        var policy = Policy("variables.size > params.data['max'] && variables.size > int(params.data['max'])");
        policy.Spec!.Validations!.Add(new PolicyValidation { Expression = "true", MessageExpression = "params.max" });
        policy.Spec.ParamKind = new ParamKind { ApiVersion = "v1", Kind = "ConfigMap" };
        policy.Spec.Variables = [new Variable { Name = "size", Expression = "object.spec.replicas" }];
        policy.Spec.MatchConstraints = new MatchResources
        {
            ResourceRules = [new NamedRuleWithOperations { ApiGroups = ["apps"], ApiVersions = ["v1"], Resources = ["deployments"], Operations = ["*"] }],
        };
        var warnings = PolicyTypeChecker.Check(policy, KindCatalog.Default);
        Assert.Equal(["spec.validations[0].expression", "spec.validations[1].messageExpression"], warnings.Select(static warning => warning.FieldRef));
        Assert.Contains("found no matching overload for '_>_' applied to '(int, string)'", warnings[0].Warning, StringComparison.Ordinal);
        Assert.Contains("undefined field 'max'", warnings[1].Warning, StringComparison.Ordinal);
    }

    private static ValidatingAdmissionPolicy Policy(string expression) =>
        new() { Metadata = { Name = "p" }, Spec = new ValidatingAdmissionPolicySpec { Validations = [new PolicyValidation { Expression = expression }] } };
}
