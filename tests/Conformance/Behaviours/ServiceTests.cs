namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Services, and the one that leads to the API server itself.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ServiceTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("service", "Kubernetes service exists")]
    [Behaviour("service", "Find across namespaces")]
    public async Task The_kubernetes_service_is_there()
    {
        var service = await Api.ReadAsync("api/v1/namespaces/default/services/kubernetes");
        Assert.Equal(("https", "443"), (service.Text("spec.ports.0.name"), service.Text("spec.ports.0.port")));
        Assert.Contains((await Api.ReadAsync("api/v1/services")).Items(), s => s.Text("metadata.namespace") == "default" && s.Text("metadata.name") == "kubernetes");
    }

    [Fact]
    [Behaviour("endpointslice", "API server endpoints")]
    public async Task The_kubernetes_service_leads_to_every_server()
    {
        var endpoints = await Api.ReadAsync("api/v1/namespaces/default/endpoints/kubernetes");
        var slices = (await Api.ReadAsync("apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name=kubernetes")).Items();
        var addresses = endpoints.Items("subsets").SelectMany(s => s.Items("addresses")).Select(a => a.Text("ip")).ToList();
        Assert.Equal(["127.0.0.1"], addresses);
        Assert.Equal(addresses, slices.SelectMany(s => s.Items("endpoints")).Select(e => e.Text("addresses.0")));
        Assert.All(slices, s => Assert.Equal(endpoints.Text("subsets.0.ports.0.port"), s.Text("ports.0.port")));
    }
}
