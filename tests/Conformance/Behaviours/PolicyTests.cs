using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Validating admission policies: what their expressions say is done.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class PolicyTests(BehaviourCluster cluster)
{
    private const string Group = "apis/admissionregistration.k8s.io/v1";

    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("vap", "Validate a Deployment")]
    public async Task A_bound_policy_holds_deployments()
    {
        var ns = await LabelledNamespaceAsync("vap-deployment");
        await BindAsync(ns, """{"validations":[{"expression":"object.spec.replicas > 1","messageExpression":"'wants more than ' + string(object.spec.replicas)"},{"expression":"object.spec.template.spec.containers.all(c, has(c.image))"}]}""", "Deny");
        var path = $"apis/apps/v1/namespaces/{ns}/deployments";
        var message = (await Api.PostAsync(path, Deployment("one", 1))).Fails(422, "Invalid");
        Assert.Equal($"deployments.apps \"one\" is forbidden: ValidatingAdmissionPolicy '{ns}' with binding '{ns}' denied request: wants more than 1", message);
        await Api.CreateAsync(path, Deployment("two", 2));
        (await Api.PatchAsync($"{path}/two", """{"spec":{"replicas":1}}""")).Fails(422, "Invalid");
        (await Api.PatchAsync($"{path}/two", """{"spec":{"replicas":3}}""")).Is(200);
        (await Api.DeleteAsync($"{path}/two")).Is(200);
    }

    [Fact]
    [Behaviour("vap", "Policy variables")]
    public async Task Expressions_name_variables()
    {
        var ns = await LabelledNamespaceAsync("vap-variables");
        await BindAsync(ns, """{"variables":[{"name":"replicas","expression":"object.spec.replicas"},{"name":"oddReplicas","expression":"variables.replicas % 2 == 1"}],"validations":[{"expression":"variables.replicas > 1"},{"expression":"variables.oddReplicas"}]}""", "Deny");
        var path = $"apis/apps/v1/namespaces/{ns}/deployments";
        Assert.Contains("failed expression: variables.replicas > 1", (await Api.PostAsync(path, Deployment("one", 1))).Fails(422, "Invalid"), StringComparison.Ordinal);
        Assert.Contains("failed expression: variables.oddReplicas", (await Api.PostAsync(path, Deployment("two", 2))).Fails(422, "Invalid"), StringComparison.Ordinal);
        await Api.CreateAsync(path, Deployment("three", 3));
    }

    [Fact]
    public async Task A_binding_may_warn_and_take_parameters()
    {
        var ns = await LabelledNamespaceAsync("vap-params");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"limits"},"data":{"max":"2"}}""");
        await BindAsync(
            ns,
            """{"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"validations":[{"expression":"object.spec.replicas <= int(params.data.max)","message":"too many"}]}""",
            "Warn",
            "\"paramRef\":{\"name\":\"limits\",\"parameterNotFoundAction\":\"Deny\"},");
        var path = $"apis/apps/v1/namespaces/{ns}/deployments";
        var answer = await Api.PostAsync(path, Deployment("three", 3));
        answer.Is(201);
        Assert.Contains($"Validation failed for ValidatingAdmissionPolicy '{ns}' with binding '{ns}': too many", string.Join(' ', answer.Headers.GetValues("Warning")), StringComparison.Ordinal);
        (await Api.DeleteAsync($"api/v1/namespaces/{ns}/configmaps/limits")).Is(200);
        await cluster.SettleAsync("api/v1/configmaps");
        var refused = (await Api.PostAsync(path, Deployment("four", 4))).Fails(422, "Invalid");
        Assert.Contains("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_are_held_to_policies_with_their_options()
    {
        var ns = await LabelledNamespaceAsync("vap-connect");
        await BindAsync(
            ns,
            """{"validations":[{"expression":"!has(object.command) || !object.command.exists(word, word == 'sh')","messageExpression":"request.operation + ' with ' + object.kind"}]}""",
            "Deny",
            rule: """{"apiGroups":[""],"apiVersions":["v1"],"operations":["CONNECT"],"resources":["pods/exec","pods/attach"]}""");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        var path = $"api/v1/namespaces/{ns}/pods/p";
        Assert.Equal(
            $"pods \"p\" is forbidden: ValidatingAdmissionPolicy '{ns}' with binding '{ns}' denied request: CONNECT with PodExecOptions",
            (await Api.PostAsync($"{path}/exec?command=sh&stdout=true", "")).Fails(422, "Invalid"));

        // What the policy lets pass goes on to a node, which the pod has not.
        Assert.Equal("pod p does not have a host assigned", (await Api.PostAsync($"{path}/exec?command=date&stdout=true", "")).Fails(400, "BadRequest"));
        Assert.Equal("pod p does not have a host assigned", (await Api.PostAsync($"{path}/attach", "")).Fails(400, "BadRequest"));
        Assert.Equal("pod p does not have a host assigned", (await Api.PostAsync($"{path}/portforward?ports=80", "")).Fails(400, "BadRequest"));
    }

    [Theory]
    [InlineData("Equivalent", true)]
    [InlineData("Exact", false)]
    public async Task A_rule_may_mean_the_other_versions_of_what_it_names(string matchPolicy, bool isMeant)
    {
        var ns = await LabelledNamespaceAsync("vap-versions");
        await BindAsync(
            ns,
            """{"validations":[{"expression":"object.spec.metrics[0].resource.target.averageUtilization < 50","messageExpression":"request.requestResource.version + ' as ' + request.resource.version + ' ' + object.apiVersion"}]}""",
            "Deny",
            rule: """{"apiGroups":["autoscaling"],"apiVersions":["v2"],"operations":["CREATE"],"resources":["horizontalpodautoscalers"]}""",
            matchPolicy: matchPolicy);
        var answer = await Api.PostAsync(
            $"apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers",
            """{"metadata":{"name":"h"},"spec":{"maxReplicas":3,"targetCPUUtilizationPercentage":60,"scaleTargetRef":{"kind":"Deployment","name":"d"}}}""");
        if (isMeant)
        {
            Assert.EndsWith("denied request: v1 as v2 autoscaling/v2", answer.Fails(422, "Invalid"), StringComparison.Ordinal);
        }
        else
        {
            answer.Is(201);
        }
    }

    [Fact]
    public async Task What_expressions_get_wrong_about_kinds_is_told_in_the_status()
    {
        await using var controllers = await cluster.StartControllersAsync("validatingadmissionpolicy-status-controller");
        var ns = await LabelledNamespaceAsync("vap-types");
        await BindAsync(ns, """{"validations":[{"expression":"object.replicas > 1"},{"expression":"object.spec.replicas > 1"}]}""", "Audit");
        JsonObject policy = [];
        await Eventually.HoldsAsync(
            async () => (policy = await Api.ReadAsync($"{Group}/validatingadmissionpolicies/{ns}")).Text("status.observedGeneration") == policy.Text("metadata.generation"), "the policy to be looked at");
        var warning = Assert.Single(policy.Items("status.typeChecking.expressionWarnings"));
        Assert.Equal("spec.validations[0].expression", warning.Text("fieldRef"));
        Assert.Equal("apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n", warning.Text("warning"));
    }

    /// <summary>A policy for deployments of one namespace, bound under the namespace's name and known to the server.</summary>
    private async Task BindAsync(string ns, string spec, string action, string reference = "", string? rule = null, string matchPolicy = "Equivalent")
    {
        var policy = JsonNode.Parse(spec)!.AsObject();
        rule ??= """{"apiGroups":["apps"],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["deployments"]}""";
        policy["matchConstraints"] = JsonNode.Parse($$"""{"matchPolicy":"{{matchPolicy}}","resourceRules":[{{rule}}]}""");
        await Api.CreateAsync($"{Group}/validatingadmissionpolicies", new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns }, ["spec"] = policy }.ToJsonString());
        await Api.CreateAsync(
            $"{Group}/validatingadmissionpolicybindings",
            $$$$$$"""{"metadata":{"name":"{{{{{{ns}}}}}}"},"spec":{ {{{{{{reference}}}}}} "policyName":"{{{{{{ns}}}}}}","validationActions":["{{{{{{action}}}}}}"],"matchResources":{"namespaceSelector":{"matchLabels":{"policy":"{{{{{{ns}}}}}}"}}}}}""");
        await cluster.SettleAsync($"{Group}/validatingadmissionpolicies");
        await cluster.SettleAsync($"{Group}/validatingadmissionpolicybindings");
    }

    private async Task<string> LabelledNamespaceAsync(string prefix)
    {
        var ns = await cluster.NamespaceAsync(prefix);
        (await Api.PatchAsync($"api/v1/namespaces/{ns}", $$$$"""{"metadata":{"labels":{"policy":"{{{{ns}}}}"}}}""")).Is(200);
        await cluster.SettleAsync("api/v1/namespaces");
        return ns;
    }

    private static string Deployment(string name, int replicas) =>
        $$$$$"""{"metadata":{"name":"{{{{{name}}}}}"},"spec":{"replicas":{{{{{replicas}}}}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";
}
