namespace Kube.Conformance.Tests.Behaviours;

/// <summary>The scale of what has replicas.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ScaleTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("deployment", "Scale sub-resource")]
    public Task Deployment() => ScaledAsync("deployments.apps");

    [Fact]
    [Behaviour("replicaset", "Scale sub-resource")]
    public Task ReplicaSet() => ScaledAsync("replicasets.apps");

    [Fact]
    [Behaviour("statefulset", "Scale sub-resource")]
    public Task StatefulSet() => ScaledAsync("statefulsets.apps");

    [Fact]
    [Behaviour("rc", "RC scale")]
    public Task ReplicationController() => ScaledAsync("replicationcontrollers");

    private async Task ScaledAsync(string id)
    {
        var resource = ResourceCases.Find(id);
        var path = resource.In(await cluster.NamespaceAsync("scale"));
        var created = await Api.CreateAsync(path, resource.Manifest("one", "scale"));
        var scale = await Api.ReadAsync($"{path}/one/scale");
        Assert.Equal(("autoscaling/v1", "Scale", "1"), (scale.Text("apiVersion"), scale.Text("kind"), scale.Text("spec.replicas")));
        Assert.Equal("app=one", scale.Text("status.selector"));
        scale.With("spec.replicas", 2).With("metadata.resourceVersion", null);
        Assert.Equal("2", (await Api.PutAsync($"{path}/one/scale", scale)).Is(200).Text("spec.replicas"));
        var updated = await Api.ReadAsync($"{path}/one");
        Assert.Equal("2", updated.Text("spec.replicas"));
        Assert.Equal(created.Text("metadata.generation").Length == 0 ? "" : "2", updated.Text("metadata.generation"));
        Assert.Equal("4", (await Api.PatchAsync($"{path}/one/scale", """{"spec":{"replicas":4}}""")).Is(200).Text("spec.replicas"));
        Assert.Equal("4", (await Api.ReadAsync($"{path}/one")).Text("spec.replicas"));
        (await Api.PatchAsync($"{path}/one/scale", """{"spec":{"replicas":-1}}""")).Fails(422, "Invalid");
    }
}
