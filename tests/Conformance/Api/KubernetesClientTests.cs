using System.Diagnostics;
using Kube.Testing;

namespace Kube.Conformance.Tests.Api;

/// <summary>The Kubernetes project's Python client, typed and dynamic, unmodified. Needs python3-kubernetes.</summary>
public sealed class KubernetesClientTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Theory]
    [InlineData("configmaps")]
    [InlineData("pods")]
    [InlineData("deployments")]
    [InlineData("watching")]
    [InlineData("dynamic_client")]
    [InlineData("apply")]
    [InlineData("reviews")]
    public async Task Scenario(string name)
    {
        // Distributions put their packages under the system's Python, which need not be the first one in the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var script = Path.Combine(AppContext.BaseDirectory, "Api/kubernetes_client.py");
        var result = await Command.RunAsync(python, [script, api.Kubeconfig, name], null, limit: TimeSpan.FromSeconds(60));
        Assert.True(result.ExitCode == 0 && result.Output.Trim() == "ok", $"{result.Line}\n{result.Output}{result.Error} (needs python3-kubernetes: apt-get install python3-kubernetes)");
    }
}
