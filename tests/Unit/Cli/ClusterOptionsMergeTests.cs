using Kube.Cluster;
using Kube.Hosting;

namespace Kube.Cli.Tests;

public class ClusterOptionsMergeTests
{
    [Fact]
    public void A_new_home_takes_the_flags_and_gets_a_token()
    {
        var options = ClusterOptionsMerge.Apply(null, new ClusterFlags
        {
            Stores = 5,
            Nodes = 2,
            Runtime = "process",
            RuntimeEndpoint = "unix:///a.sock",
            ApiPort = 7443,
            StorePort = 3379,
        });
        Assert.Equal((5, 2, "process", 7443, 3379), (options.Stores, options.Nodes, options.Runtime, options.ApiPort, options.StorePort));
        Assert.Equal("unix:///a.sock", options.RuntimeEndpoint);
        Assert.Equal(16, options.Token.Length);
        Assert.NotEqual(options.Token, ClusterOptionsMerge.Apply(null, new ClusterFlags()).Token);
    }

    [Fact]
    public void A_later_up_needs_no_flags()
    {
        var saved = new ClusterOptions { Stores = 1, ApiPort = 7443, Token = "t" };
        Assert.Equal(saved, ClusterOptionsMerge.Apply(saved, new ClusterFlags()));
        Assert.Equal(saved with { Nodes = 3 }, ClusterOptionsMerge.Apply(saved, new ClusterFlags { Stores = 1, Nodes = 3, ApiPort = 7443 }));
    }

    [Theory]
    [InlineData(2, null, null, null, "--stores 2: use 1, 3, 5 or 7")]
    [InlineData(null, 0, null, null, "--nodes 0: use 1 to 100")]
    [InlineData(null, null, 0, null, "--api-port 0: not a port, or too near the last one (65535)")]
    [InlineData(null, null, null, 65533, "--store-port 65533: not a port, or too near the last one (65535)")]
    public void Nonsense_is_refused(int? stores, int? nodes, int? apiPort, int? storePort, string message) => Assert.Equal(
        message,
        Assert.Throws<StartupException>(() => ClusterOptionsMerge.Apply(
            null, new ClusterFlags { Stores = stores, Nodes = nodes, ApiPort = apiPort, StorePort = storePort })).Message);

    [Theory]
    [InlineData(5, null, "this home was made with --stores 3; use another --home for --stores 5")]
    [InlineData(null, 1, "this home has 2 nodes; --nodes can only grow")]
    public void What_a_home_was_made_with_stays(int? stores, int? nodes, string message) => Assert.Equal(
        message,
        Assert.Throws<StartupException>(() => ClusterOptionsMerge.Apply(
            new ClusterOptions { Nodes = 2 }, new ClusterFlags { Stores = stores, Nodes = nodes })).Message);
}
