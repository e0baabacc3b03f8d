using Kube.Cluster;

namespace Kube.Cli.Tests;

public class ClusterPlanTests
{
    private static readonly ClusterHome Home = new("/home/kube");

    private static ClusterPlan Plan(int stores = 3, int nodes = 2) => new(
        Home, new ClusterOptions { Stores = stores, Nodes = nodes, KubeletPorts = [.. Enumerable.Range(10250, nodes)], Token = "t" });

    [Fact]
    public void Components_have_the_contract_names_in_starting_order() => Assert.Equal(
        ["store-1", "store-2", "store-3", "apiserver", "controllers", "scheduler", "kubelet-1", "kubelet-2"],
        Plan().Components.Select(component => component.Name));

    [Fact]
    public void Member_i_listens_on_the_store_port_plus_two_i_and_its_peers_on_the_next()
    {
        var ports = Plan().Components.Take(3).SelectMany(component => component.Ports);
        Assert.Equal([2379, 2380, 2381, 2382, 2383, 2384], ports);
        Assert.Contains("store-1=https://127.0.0.1:2380,store-2=https://127.0.0.1:2382,store-3=https://127.0.0.1:2384", Plan().Components[0].Arguments);
    }

    [Fact]
    public void Only_the_API_server_gets_the_stores_addresses_and_certificates()
    {
        foreach (var component in Plan().Components.Where(component => component.Name is not ("apiserver" or "store-1" or "store-2" or "store-3")))
        {
            Assert.DoesNotContain(component.Arguments, argument => argument.Contains("etcd", StringComparison.Ordinal) || argument.Contains("2379", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_unknown_component_is_named_with_those_there_are()
    {
        var error = Assert.Throws<Hosting.StartupException>(() => Plan(1, 1).Find("store-9"));
        Assert.Equal("no component is called store-9; there are store-1, apiserver, controllers, scheduler, kubelet-1", error.Message);
    }
}
