using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Webhook configurations as objects.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class WebhookTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("webhook", "Mutating config with matchConditions")]
    public Task Mutating_configurations_keep_their_conditions() => KeepsConditionsAsync("mutatingwebhookconfigurations");

    [Fact]
    [Behaviour("webhook", "Validating config with matchConditions")]
    public Task Validating_configurations_keep_their_conditions() => KeepsConditionsAsync("validatingwebhookconfigurations");

    [Fact]
    [Behaviour("webhook", "Reject bad mutating matchConditions")]
    public Task Mutating_conditions_that_do_not_compile_are_refused() => RefusesConditionAsync("mutatingwebhookconfigurations");

    [Fact]
    [Behaviour("webhook", "Reject bad validating matchConditions")]
    public Task Validating_conditions_that_do_not_compile_are_refused() => RefusesConditionAsync("validatingwebhookconfigurations");

    private async Task RefusesConditionAsync(string resource)
    {
        var manifest = JsonNode.Parse(ResourceCases.Find(resource + ".admissionregistration.k8s.io").Manifest("bad-conditions", "webhook"))!.AsObject();
        manifest["webhooks"]![0]!["matchConditions"] = JsonNode.Parse("""[{"name":"invalid","expression":"... [bad expression"}]""");
        var message = (await Api.PostAsync($"apis/admissionregistration.k8s.io/v1/{resource}", manifest.ToJsonString())).Fails(422, "Invalid");
        Assert.Contains("webhooks[0].matchConditions[0].expression: Invalid value: \"... [bad expression\": compilation failed: ERROR: <input>:1:2:", message, StringComparison.Ordinal);
    }

    private async Task KeepsConditionsAsync(string resource)
    {
        var path = $"apis/admissionregistration.k8s.io/v1/{resource}";
        var manifest = JsonNode.Parse(ResourceCases.Find(resource + ".admissionregistration.k8s.io").Manifest("conditions", "webhook"))!.AsObject();
        manifest["webhooks"]![0]!["matchConditions"] = JsonNode.Parse("""[{"name":"expression-1","expression":"object.metadata.namespace == 'production'"}]""");
        var created = await Api.CreateAsync(path, manifest.ToJsonString());
        Assert.Equal("expression-1", created.Text("webhooks.0.matchConditions.0.name"));
        created["webhooks"]![0]!["matchConditions"]!.AsArray().Add(JsonNode.Parse("""{"name":"expression-2","expression":"request.dryRun == false"}"""));
        (await Api.PutAsync($"{path}/conditions", created)).Is(200);
        var read = await Api.ReadAsync($"{path}/conditions");
        Assert.True(JsonNode.DeepEquals(created.At("webhooks.0.matchConditions"), read.At("webhooks.0.matchConditions")), read.Print());
        (await Api.DeleteAsync($"{path}/conditions")).Is(200);
    }
}
