using System.Text.Json.Nodes;

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

    /// <summary>A policy for deployments of one namespace, bound under the namespace's name and known to the server.</summary>
    private async Task BindAsync(string ns, string spec, string action, string reference = "")
    {
        var policy = JsonNode.Parse(spec)!.AsObject();
        policy["matchConstraints"] = JsonNode.Parse("""{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["deployments"]}]}""");
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
