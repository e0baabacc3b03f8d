namespace Kube.Conformance.Tests.Behaviours;

/// <summary>componentstatuses, which is outdated and still answers.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ComponentStatusTests(BehaviourCluster cluster)
{
    private const string Path = "api/v1/componentstatuses";

    private ApiSession Api => cluster.Admin;

    [Fact]
    public async Task Kubectl_shows_components_and_warns()
    {
        var result = await cluster.Server.KubectlAsync("1.32", ["get", "cs"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("Warning: v1 ComponentStatus is deprecated in v1.19+\n", result.Error);

        // A scheduler and controllers may run on this machine or not; the store does.
        Assert.Matches(@"^NAME +STATUS +MESSAGE +ERROR\ncontroller-manager +(Healthy|Unhealthy) .*\netcd-0 +Healthy +ok +\nscheduler +(Healthy|Unhealthy) .*\n$", result.Output);
    }

    [Fact]
    public async Task They_are_read_by_name_or_chosen_and_never_written()
    {
        var store = await Api.ReadAsync($"{Path}/etcd-0");
        Assert.Equal("""[{"type":"Healthy","status":"True","message":"ok"}]""", store["conditions"]!.ToJsonString());
        Assert.Equal(["controller-manager", "etcd-0", "scheduler"], (await Api.ReadAsync(Path)).Names());
        Assert.Equal(["etcd-0"], (await Api.ReadAsync($"{Path}?fieldSelector=metadata.name=etcd-0")).Names());
        Assert.Empty((await Api.ReadAsync($"{Path}?labelSelector=a")).Names());
        Assert.Equal("field label not supported: spec.x", (await Api.GetAsync($"{Path}?fieldSelector=spec.x=1")).Fails(400, "BadRequest"));
        Assert.Equal("componentstatuses \"none\" not found", (await Api.GetAsync($"{Path}/none")).Fails(404, "NotFound"));
        (await Api.PostAsync(Path, """{"metadata":{"name":"x"}}""")).Fails(405, "MethodNotAllowed");
        (await Api.DeleteAsync($"{Path}/etcd-0")).Fails(405, "MethodNotAllowed");
        var discovered = (await Api.ReadAsync("api/v1")).Items("resources").Single(static resource => resource.Text("name") == "componentstatuses");
        Assert.Equal("""["get","list"]""", discovered["verbs"]!.ToJsonString());
    }
}
