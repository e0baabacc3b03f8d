using System.Net;
using System.Net.Sockets;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>The cluster command's own behaviour, good and bad.</summary>
[Collection(SharedCluster.Name)]
public class ClusterCommandTests(TestCluster cluster)
{
    [Fact]
    public async Task A_second_up_does_nothing_and_says_so()
    {
        var pids = Pids();
        var up = (await cluster.ClusterAsync("up")).Succeeded();
        Assert.Contains("The cluster is up already.", up);
        Assert.Equal(pids, Pids());
    }

    [Fact]
    public async Task Status_lists_every_component_as_ready()
    {
        var status = (await cluster.ClusterAsync("status")).Succeeded();
        foreach (var component in new[] { "store-1", "store-2", "store-3", "apiserver", "controllers", "scheduler", "kubelet-1" })
        {
            Assert.Matches($@"(?m)^{component} +\d+ +ready ", status);
        }
    }

    [Fact]
    public async Task A_component_is_stopped_and_started()
    {
        (await cluster.ClusterAsync("stop", "store-2")).Succeeded();
        var status = await cluster.ClusterAsync("status");
        Assert.Equal(1, status.ExitCode);
        Assert.Matches(@"(?m)^store-2 +- +stopped ", status.Output);
        (await cluster.ClusterAsync("start", "store-2")).Succeeded();
        (await cluster.ClusterAsync("status")).Succeeded();
    }

    [Fact]
    public async Task Logs_are_shown()
    {
        var log = (await cluster.ClusterAsync("logs", "apiserver", "--tail", "2")).Succeeded();
        Assert.InRange(log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 2);
    }

    [Theory]
    [InlineData("logs", "nobody", "no component is called nobody|nobody has no log")]
    [InlineData("stop", "nobody", "no component is called nobody")]
    [InlineData("up", "--bogus", "Unrecognized command or argument '--bogus'")]
    [InlineData("up", "--stores=2", "this home was made with --stores 3")]
    [InlineData("explode", "--now", "Unrecognized command or argument|Required command was not provided")]
    public async Task A_wrong_command_gets_one_clear_line(string verb, string argument, string message)
    {
        var result = await cluster.ClusterAsync(verb, argument);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches(message, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_port_in_use_is_named_and_nothing_is_left_running()
    {
        var home = Directory.CreateTempSubdirectory("kube-test-").FullName;
        var (api, store) = FreePorts.Take();
        using var listener = new TcpListener(IPAddress.Loopback, api);
        listener.Start();
        var result = await KubeExecutable.RunAsync(["cluster", "up", "--home", home, "--runtime", "process", "--api-port", $"{api}", "--store-port", $"{store}"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"port {api} for apiserver is not free", result.Error);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(home, "run"), "*.pid"));
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_home_that_cannot_be_written_is_named()
    {
        var result = await KubeExecutable.RunAsync(["cluster", "up", "--home", "/proc/kube"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the home /proc/kube is not writable", result.Error);
    }

    private string[] Pids() =>
        [.. Directory.EnumerateFiles(Path.Combine(cluster.Home, "run"), "*.pid").Order().Select(File.ReadAllText)];
}
