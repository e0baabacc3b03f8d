using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class PodDnsTests
{
    private static readonly ResolverFile Host = ResolverFile.Parse(
    [
        "# generated", "search first.example", "nameserver 192.0.2.53", "nameserver\t192.0.2.54", "search corp.example. lab.example", "options ndots:2 rotate", "sortlist 10.0.0.0",
    ]);

    [Fact]
    public void A_resolver_file_adds_servers_up_and_takes_the_last_search_and_options()
    {
        Assert.Equal(["192.0.2.53", "192.0.2.54"], Host.Servers);
        Assert.Equal(["corp.example", "lab.example"], Host.Searches);
        Assert.Equal(["ndots:2", "rotate"], Host.Options);
    }

    [Theory]
    [InlineData("ClusterFirst", false, "10.96.0.10|default.svc.cluster.local svc.cluster.local cluster.local corp.example lab.example|ndots:5")]
    [InlineData("ClusterFirst", true, "192.0.2.53 192.0.2.54|corp.example lab.example|ndots:2 rotate")]
    [InlineData("ClusterFirstWithHostNet", true, "10.96.0.10|default.svc.cluster.local svc.cluster.local cluster.local corp.example lab.example|ndots:5")]
    [InlineData("Default", false, "192.0.2.53 192.0.2.54|corp.example lab.example|ndots:2 rotate")]
    [InlineData("None", false, "||")]
    [InlineData("", false, "10.96.0.10|default.svc.cluster.local svc.cluster.local cluster.local corp.example lab.example|ndots:5")]
    public void The_policy_says_where_the_settings_come_from(string policy, bool hostNetwork, string expected)
    {
        Pod pod = Pods.Pod();
        (pod.Spec!.DnsPolicy, pod.Spec.HostNetwork) = (policy, hostNetwork);
        Assert.Equal(expected, Text(PodDns.Of(pod, ["10.96.0.10"], "cluster.local", Host)));
    }

    [Fact]
    public void A_cluster_without_a_name_server_falls_back_and_says_so()
    {
        PodResolver resolver = PodDns.Of(Pods.Pod(), [], "cluster.local", Host);
        Assert.Equal("192.0.2.53 192.0.2.54|corp.example lab.example|ndots:2 rotate", Text(resolver));
        Assert.Equal(
            ("MissingClusterDNS", "pod: \"web_default(u1)\". kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. Falling back to \"Default\" policy."),
            Assert.Single(resolver.Warnings));
    }

    [Fact]
    public void The_pods_own_settings_add_to_the_others_and_win_over_options()
    {
        Pod pod = Pods.Pod();
        pod.Spec!.DnsConfig = new PodDNSConfig
        {
            Nameservers = ["10.96.0.10", "192.0.2.1"],
            Searches = ["own.example", "cluster.local"],
            Options = [new PodDNSConfigOption { Name = "ndots", Value = "1" }, new PodDNSConfigOption { Name = "edns0" }],
        };
        Assert.Equal(
            "10.96.0.10 192.0.2.1|default.svc.cluster.local svc.cluster.local cluster.local own.example|ndots:1 edns0",
            Text(PodDns.Of(pod, ["10.96.0.10"], "cluster.local", ResolverFile.Empty)));
    }

    [Fact]
    public void What_a_resolver_does_not_take_is_left_out_and_told()
    {
        Pod pod = Pods.Pod();
        pod.Spec!.DnsPolicy = "None";
        pod.Spec.DnsConfig = new PodDNSConfig
        {
            Nameservers = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"],
            Searches = [.. Enumerable.Range(0, 40).Select(static i => $"d{i}.example"), new string('x', 254)],
        };
        PodResolver resolver = PodDns.Of(pod, [], "", ResolverFile.Empty);
        Assert.Equal(3, resolver.Config.Servers.Count);
        Assert.Equal(32, resolver.Config.Searches.Count);
        Assert.Equal("Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 192.0.2.1 192.0.2.2 192.0.2.3", resolver.Warnings[0].Message);
        Assert.StartsWith("Search Line limits were exceeded, some search paths have been omitted, the applied search line is: d0.example d1.example", resolver.Warnings[1].Message);

        pod.Spec.DnsConfig.Searches = [.. Enumerable.Range(0, 12).Select(static i => i + new string('y', 240))];
        Assert.Equal(8, PodDns.Of(pod, [], "", ResolverFile.Empty).Config.Searches.Count);
    }

    private static string Text(PodResolver resolver) =>
        $"{string.Join(' ', resolver.Config.Servers)}|{string.Join(' ', resolver.Config.Searches)}|{string.Join(' ', resolver.Config.Options)}";
}
