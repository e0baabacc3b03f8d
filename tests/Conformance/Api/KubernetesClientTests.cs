using System.Diagnostics;
using Kube.Testing;

namespace Kube.Conformance.Tests.Api;

/// <summary>The Kubernetes project's Python and JavaScript clients, typed and dynamic, unmodified. Needs python3-kubernetes and npm.</summary>
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

    /// <summary>Typed, dynamic and watching, in one process: to load the client is what takes its time.</summary>
    [Fact]
    public async Task JavaScript()
    {
        var (script, environment) = await NodeClient.PrepareAsync();
        var result = await Command.RunAsync("node", [script, api.Kubeconfig, "all"], null, environment, TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0 && result.Output.Trim() == "ok", $"{result.Line}\n{result.Output}{result.Error}");
    }

    /// <summary>
    /// The server of an informer goes away and comes back with an empty history: the version that the informer knows is too old (410), and it
    /// lists anew.
    /// </summary>
    [Fact]
    public async Task A_JavaScript_informer_survives_the_expiry_of_its_version()
    {
        var (script, environment) = await NodeClient.PrepareAsync();
        await SetAsync("one", "1");
        var other = await api.StartAnotherAsync();
        using var informer = Command.Start("node", [script, api.KubeconfigOf(other), "informer"], environment);
        try
        {
            await SaysAsync(informer, "known one=1");
            await other.DisposeAsync();
            await RunAsync("delete", "configmap", "one");
            await SetAsync("two", "2");
            other = await api.StartAnotherAsync(port: other.Port);
            await SaysAsync(informer, "known two=2");
            await SetAsync("three", "3");
            await SaysAsync(informer, "known three=3,two=2");
        }
        finally
        {
            informer.Kill();
            await other.DisposeAsync();
        }

        Task SetAsync(string name, string value) => RunAsync("create", "-f", "-", $$$"""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{"informed":""}},"data":{"n":"{{{value}}}"}}
            """);
    }

    private async Task RunAsync(string verb, string first, string second, string? input = null) =>
        (await api.KubectlAsync("1.32", ["-n", "default", verb, first, second], input)).Succeeded();

    private static async Task SaysAsync(Process process, string expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(limit.Token);
            if (line is null)
            {
                Assert.Fail($"the informer ended before it said '{expected}': {await process.StandardError.ReadToEndAsync(limit.Token)}");
            }
        }
        while (line != expected);
    }
}
