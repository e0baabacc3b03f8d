using Kube.Conformance.Tests.Rpc;

namespace Kube.Conformance.Tests.Api;

/// <summary>kube.v1 as grpcio sees it, which knows of it only what reflection tells, with client certificates.</summary>
public sealed class ResourcesTests(ResourcesFixture fixture) : IClassFixture<ResourcesFixture>
{
    [Theory]
    [InlineData("methods")]
    [InlineData("v1alpha")]
    [InlineData("discover")]
    [InlineData("errors")]
    [InlineData("numbers")]
    [InlineData("deadline")]
    [InlineData("cancel")]
    [InlineData("hundred_watches")]
    [InlineData("initial_events")]
    [InlineData("slow_reader")]
    public Task Scenario(string name) => PythonProcess.RunAsync("Api/resources_client.py", fixture.Api.Directory, $"127.0.0.1:{fixture.Api.Port}", name);

    /// <summary>Watches that clients cancelled or left open when they went leave nothing behind.</summary>
    [Fact]
    public async Task No_watch_outlives_its_client()
    {
        await Scenario("cancel");
        string[] running = [];
        try
        {
            await Kube.Testing.Eventually.HoldsAsync(
                async () =>
                {
                    var metrics = await fixture.Api.KubectlAsync("1.32", ["get", "--raw", "/metrics"]);
                    running = [.. metrics.Output.Split('\n').Where(line =>
                        line.StartsWith("apiserver_longrunning_requests{", StringComparison.Ordinal)
                        && line.Contains("resource=\"configmaps\"", StringComparison.Ordinal)
                        && !line.EndsWith(" 0", StringComparison.Ordinal))];
                    return metrics.ExitCode == 0 && running.Length == 0;
                },
                "no watch on configmaps runs");
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{string.Join('\n', running)}");
        }
    }
}

/// <summary>An API server with RBAC and the users that the scenarios need.</summary>
public sealed class ResourcesFixture : IAsyncLifetime
{
    public ApiServerFixture Api { get; } = new();

    public async Task InitializeAsync()
    {
        await Api.InitializeAsync();
        Api.IssueClient("reader");
        Api.IssueClient("nobody");
        await RunAsync("create", "role", "reader", "--verb=get,list,watch", "--resource=configmaps");
        await RunAsync("create", "rolebinding", "reader", "--role=reader", "--user=reader");
    }

    public Task DisposeAsync() => Api.DisposeAsync();

    private async Task RunAsync(params string[] arguments)
    {
        var result = await Api.KubectlAsync("1.32", arguments);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
