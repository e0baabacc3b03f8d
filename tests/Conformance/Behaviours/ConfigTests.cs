namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Config maps and secrets.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ConfigTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("configmap-api", "Empty key")]
    public Task A_config_map_needs_keys() => RefusesEmptyKeyAsync("configmaps", "v");

    [Fact]
    [Behaviour("secret-api", "Empty key")]
    public Task A_secret_needs_keys() => RefusesEmptyKeyAsync("secrets", "dg==");

    [Fact]
    [Behaviour("configmap-volume", "Immutability")]
    public Task An_immutable_config_map_keeps_its_data() => IsImmutableAsync("configmaps", "v", "w");

    [Fact]
    [Behaviour("secret-volume", "Immutability")]
    public Task An_immutable_secret_keeps_its_data() => IsImmutableAsync("secrets", "dg==", "dw==");

    private async Task RefusesEmptyKeyAsync(string resource, string value)
    {
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("keys")}/{resource}";
        (await Api.PostAsync(path, $$$$"""{"metadata":{"name":"n"},"data":{"":"{{{{value}}}}"}}""")).Fails(422, "Invalid");
        (await Api.GetAsync($"{path}/n")).Fails(404, "NotFound");
    }

    private async Task IsImmutableAsync(string resource, string value, string other)
    {
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("immutable")}/{resource}";
        await Api.CreateAsync(path, $$$$"""{"metadata":{"name":"n"},"data":{"k":"{{{{value}}}}"}}""");
        (await Api.PatchAsync($"{path}/n", $$$"""{"data":{"k":"{{{other}}}"}}""")).Is(200);
        (await Api.PatchAsync($"{path}/n", """{"immutable":true}""")).Is(200);
        foreach (var forbidden in (string[])[$$$"""{"data":{"k":"{{{value}}}"}}""", $$$"""{"data":{"l":"{{{value}}}"}}""", """{"immutable":false}""", """{"immutable":null}"""])
        {
            Assert.Contains("field is immutable when `immutable` is set", (await Api.PatchAsync($"{path}/n", forbidden)).Fails(422, "Invalid"), StringComparison.Ordinal);
        }

        (await Api.PatchAsync($"{path}/n", """{"metadata":{"labels":{"l":"m"}}}""")).Is(200);
        (await Api.DeleteAsync($"{path}/n")).Is(200);
    }
}
