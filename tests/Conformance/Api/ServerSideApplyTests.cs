namespace Kube.Conformance.Tests.Api;

/// <summary>kubectl apply --server-side, of several versions, and who owns what by its own account.</summary>
public sealed class ServerSideApplyTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Theory]
    [FullInlineData("1.27")]
    [FullInlineData("1.29")]
    [InlineData("1.32")]
    [FullInlineData("1.33")]
    public async Task An_object_is_applied_and_fought_over(string version)
    {
        var name = "apply-" + version.Replace('.', '-');
        Assert.Equal($"deployment.apps/{name} serverside-applied\n", await RunAsync(version, ["apply", "--server-side", "-f", "-"], Deployment(name, 2, "i:1")));
        var before = await RunAsync(version, ["get", "deployment", name, "-o", "jsonpath={.metadata.resourceVersion}"]);
        Assert.Equal($"deployment.apps/{name} serverside-applied\n", await RunAsync(version, ["apply", "--server-side", "-f", "-"], Deployment(name, 2, "i:1")));
        Assert.Equal(before, await RunAsync(version, ["get", "deployment", name, "-o", "jsonpath={.metadata.resourceVersion}"]));

        await RunAsync(version, ["scale", "deployment", name, "--replicas=5"]);
        Assert.Matches("^kubectl Apply \\|kubectl[.0-9]* Update scale\\|$", await OwnersAsync(version, name));
        var refused = await FailAsync(version, ["apply", "--server-side", "-f", "-"], Deployment(name, 3, "i:1"));
        Assert.Matches("Apply failed with 1 conflict: conflict with \"kubectl[.0-9]*\" with subresource \"scale\" using apps/v1 at [-0-9:TZ]+: .spec.replicas", refused);
        await RunAsync(version, ["apply", "--server-side", "--force-conflicts", "-f", "-"], Deployment(name, 3, "i:1"));
        Assert.Equal("3", await RunAsync(version, ["get", "deployment", name, "-o", "jsonpath={.spec.replicas}"]));
        Assert.Equal("kubectl Apply |", await OwnersAsync(version, name));

        Assert.Contains(": .spec.template.spec.containers[name=\"c\"].image", await FailAsync(version, ["apply", "--server-side", "--field-manager=other", "-f", "-"], Deployment(name, 3, "i:2")), StringComparison.Ordinal);
        Assert.Contains("i:2", (await api.KubectlAsync(version, ["diff", "--server-side", "-f", "-"], Deployment(name, 3, "i:2"))).Output, StringComparison.Ordinal);
    }

    [Theory]
    [FullInlineData("1.27")]
    [InlineData("1.33")]
    public async Task What_was_applied_by_the_client_is_taken_over(string version)
    {
        var name = "upgrade-" + version.Replace('.', '-');
        await RunAsync(version, ["apply", "-f", "-"], Deployment(name, 2, "i:1"));
        Assert.Equal("kubectl-client-side-apply Update |", await OwnersAsync(version, name));
        Assert.Equal($"deployment.apps/{name} serverside-applied\n", await RunAsync(version, ["apply", "--server-side", "-f", "-"], Deployment(name, 4, "i:2")));
        Assert.DoesNotContain("client-side", await OwnersAsync(version, name), StringComparison.Ordinal);
        Assert.Equal("4 i:2", await RunAsync(version, ["get", "deployment", name, "-o", "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}"]));
    }

    [Fact]
    public async Task Creators_are_named_after_themselves()
    {
        await RunAsync("1.32", ["create", "configmap", "named", "--from-literal=a=b"]);
        await RunAsync("1.32", ["label", "configmap", "named", "x=y"]);
        Assert.Equal("kubectl-create Update |kubectl-label Update |", await OwnersAsync("1.32", "named", "configmap"));
        Assert.DoesNotContain("managedFields", await RunAsync("1.32", ["get", "configmap", "named", "-o", "yaml"]), StringComparison.Ordinal);
    }

    private static string Deployment(string name, int replicas, string image) => $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{{name}}}}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: a}}
          template:
            metadata: {labels: {app: a}}
            spec: {containers: [{name: c, image: "{{{image}}}"}]}
        """;

    private Task<string> OwnersAsync(string version, string name, string kind = "deployment") => RunAsync(
        version, ["get", kind, name, "--show-managed-fields", "-o", "jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}|{end}"]);

    private async Task<string> RunAsync(string version, IEnumerable<string> arguments, string? input = null)
    {
        var result = await api.KubectlAsync(version, arguments, input);
        Assert.True(result.ExitCode == 0, $"{result.Line}\n{result.Error}");
        return result.Output;
    }

    private async Task<string> FailAsync(string version, IEnumerable<string> arguments, string input)
    {
        var result = await api.KubectlAsync(version, arguments, input);
        Assert.True(result.ExitCode != 0, $"{result.Line}\n{result.Output}");
        return result.Error;
    }
}
