using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What a kubelet makes of pods that come from files and of pods that change while they run.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class NodeTests(BehaviourCluster cluster, NodeFixture node) : IClassFixture<NodeFixture>
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    public async Task A_static_pod_runs_from_its_file_and_its_mirror_only_shows_it()
    {
        await node.StartAsync(cluster);
        var ns = await cluster.NamespaceAsync("static");
        var path = $"api/v1/namespaces/{ns}/pods/web-{NodeFixture.Node}";
        var file = Path.Combine(node.Manifests, "web.yaml");
        await File.WriteAllTextAsync(file, Manifest(ns, "600"));
        var mirror = await AwaitAsync(path, p => p.Text("status.phase") == "Running", "the mirror shows that the pod runs");
        var annotations = mirror["metadata"]!["annotations"]!.AsObject();
        var hash = (string)annotations["kubernetes.io/config.hash"]!;
        Assert.Equal(hash, (string)annotations["kubernetes.io/config.mirror"]!);
        Assert.Equal("file", (string)annotations["kubernetes.io/config.source"]!);
        Assert.True(annotations.ContainsKey("kubernetes.io/config.seen"));
        Assert.Equal("Node", mirror.Text("metadata.ownerReferences.0.kind"));
        Assert.Equal((await Api.ReadAsync($"api/v1/nodes/{NodeFixture.Node}")).Text("metadata.uid"), mirror.Text("metadata.ownerReferences.0.uid"));
        Assert.NotEqual(hash, mirror.Text("metadata.uid"));
        var container = mirror.Text("status.containerStatuses.0.containerID");

        // Whoever deletes the mirror gets another one; the pod does not notice.
        (await Api.DeleteAsync(path)).Is(200);
        var next = await AwaitAsync(path, p => p.Text("metadata.uid") != mirror.Text("metadata.uid") && p.Text("status.phase") == "Running", "the mirror comes back");
        Assert.Equal(container, next.Text("status.containerStatuses.0.containerID"));

        // Its user can neither resize it nor look into it.
        Assert.Contains("static pods cannot be resized", (await Api.PatchAsync(path + "/resize", """{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"1m"}}}]}}""", ApiSession.StrategicMergePatch)).Fails(422, "Invalid"));
        Assert.Contains("static pods do not support ephemeral containers", (await Look(path, "look", "true")).Fails(422, "Invalid"));

        // Another content is another pod of the same name.
        await File.WriteAllTextAsync(file, Manifest(ns, "601"));
        var changed = await AwaitAsync(
            path, p => p.Text("metadata.annotations").Length > 0 && (string)p["metadata"]!["annotations"]!["kubernetes.io/config.hash"]! != hash && p.Text("status.phase") == "Running", "the new content runs");
        Assert.NotEqual(container, changed.Text("status.containerStatuses.0.containerID"));

        File.Delete(file);
        await Eventually.HoldsAsync(async () => (await Api.GetAsync(path)).Code == System.Net.HttpStatusCode.NotFound, "the mirror goes with the file");
    }

    [Fact]
    [Behaviour("ephemeral-container", "Creation")]
    [Behaviour("ephemeral-container", "Update")]
    public async Task Containers_are_added_to_a_running_pod_to_look_into_it()
    {
        await node.StartAsync(cluster);
        var path = await RunAsync("look", "{}");
        (await Look(path, "first", "exit 3")).Is(200);
        var pod = await AwaitAsync(path, p => p.Text("status.ephemeralContainerStatuses.0.state.terminated.exitCode") == "3", "the first has looked");
        Assert.Equal("Running", pod.Text("status.phase"));

        (await Look(path, "second", "sleep 600")).Is(200);
        pod = await AwaitAsync(path, p => p.Text("status.ephemeralContainerStatuses.1.state.running.startedAt").Length > 0, "the second is looking");
        Assert.Equal(["first", "second"], pod.Items("status.ephemeralContainerStatuses").Select(s => s.Text("name")));
        Assert.Equal("0", pod.Text("status.ephemeralContainerStatuses.0.restartCount"));

        Assert.Contains("existing ephemeral containers \"first\" may not be changed", (await Look(path, "first", "exit 4")).Fails(422, "Invalid"));
        (await Api.DeleteAsync(path, """{"gracePeriodSeconds":1}""")).Is(200);
        await GoneAsync(path);
    }

    [Fact]
    public async Task A_running_pod_gets_other_resources_in_place()
    {
        await node.StartAsync(cluster);
        var path = await RunAsync("grows", """{"requests":{"cpu":"100m","memory":"16Mi"},"limits":{"cpu":"200m"}}""");
        var pod = await AwaitAsync(path, p => p.Text("status.containerStatuses.0.resources.limits.cpu") == "200m", "it says what it has");
        var container = pod.Text("status.containerStatuses.0.containerID");
        Assert.Equal("100m", pod.Text("status.containerStatuses.0.allocatedResources.cpu"));

        (await ResizeAsync(path, """{"requests":{"cpu":"150m"},"limits":{"cpu":"300m"}}""")).Is(200);
        pod = await AwaitAsync(path, p => p.Text("status.containerStatuses.0.resources.limits.cpu") == "300m" && p.Text("status.resize").Length == 0, "it has more");
        Assert.Equal("150m", pod.Text("status.containerStatuses.0.allocatedResources.cpu"));
        Assert.Equal(container, pod.Text("status.containerStatuses.0.containerID"));
        Assert.Equal("0", pod.Text("status.containerStatuses.0.restartCount"));

        // Memory has the policy to restart.
        (await ResizeAsync(path, """{"requests":{"memory":"32Mi"}}""")).Is(200);
        pod = await AwaitAsync(path, p => p.Text("status.containerStatuses.0.restartCount") == "1" && p.Text("status.containerStatuses.0.resources.requests.memory") == "32Mi", "it was started anew");
        Assert.NotEqual(container, pod.Text("status.containerStatuses.0.containerID"));

        // More than the node has is never given; the pod keeps what it has.
        (await ResizeAsync(path, """{"requests":{"cpu":"9999"},"limits":{"cpu":"9999"}}""")).Is(200);
        pod = await AwaitAsync(path, p => p.Text("status.resize") == "Infeasible", "it is told so");
        Assert.Equal("150m", pod.Text("status.containerStatuses.0.allocatedResources.cpu"));
        Assert.Equal("9999", pod.Text("spec.containers.0.resources.requests.cpu"));

        Assert.Contains("Pod QOS Class may not change as a result of resizing", (await ResizeAsync(path, """{"requests":{"cpu":"1"},"limits":{"cpu":"1","memory":"32Mi"}}""")).Fails(422, "Invalid"));
        Assert.Contains("resource limits cannot be removed", (await ResizeAsync(path, """{"limits":{"cpu":null}}""")).Fails(422, "Invalid"));
        (await Api.PatchAsync(path, """{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"1m"}}}]}}""", ApiSession.StrategicMergePatch)).Fails(422, "Invalid");
        (await Api.DeleteAsync(path, """{"gracePeriodSeconds":1}""")).Is(200);
        await GoneAsync(path);
    }

    [Fact]
    [Behaviour("probe", "Repeated restarts")]
    public async Task Five_times_a_probe_fails_and_five_times_the_container_starts_again()
    {
        await node.StartAsync(cluster);
        var ns = await cluster.NamespaceAsync("restarts");
        using var watch = await Api.WatchAsync($"api/v1/namespaces/{ns}/pods?watch=1");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", $$$"""
            {"metadata":{"name":"fails"},"spec":{"nodeName":"{{{NodeFixture.Node}}}","automountServiceAccountToken":false,"terminationGracePeriodSeconds":1,"containers":[
              {"name":"main","image":"none","command":["sleep","600"],"livenessProbe":{"exec":{"command":["false"]},"periodSeconds":1,"failureThreshold":1}}]}}
            """);
        var counts = new List<int>();
        while (counts is [] or [.., < 5])
        {
            var (_, pod) = await watch.NextAsync();
            counts.AddRange(pod.Items("status.containerStatuses").Select(static status => (int)status["restartCount"]!));
        }

        // Under load one report may stand for two restarts, but no count is ever less than one before.
        Assert.Equal(counts.Order(), counts);
        var path = $"api/v1/namespaces/{ns}/pods/fails";
        await Eventually.HoldsAsync(
            async () => (await Api.ReadAsync($"api/v1/namespaces/{ns}/events")).Items().Any(e => e.Text("reason") == "Killing" && e.Text("message") == "Container main failed liveness probe, will be restarted"),
            "the reason is told");
        (await Api.DeleteAsync(path, """{"gracePeriodSeconds":1}""")).Is(200);
        await GoneAsync(path);
    }

    private static string Manifest(string ns, string seconds) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: {{ns}}}
        spec:
          terminationGracePeriodSeconds: 1
          containers: [{name: main, image: none, command: [sleep, "{{seconds}}"]}]
        """;

    /// <summary>A pod on the node that sleeps; answers its path.</summary>
    private async Task<string> RunAsync(string name, string resources)
    {
        var ns = await cluster.NamespaceAsync(name);
        await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", $$$"""
            {"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"{{{NodeFixture.Node}}}","automountServiceAccountToken":false,"containers":[
              {"name":"main","image":"none","command":["sleep","600"],"resources":{{{resources}}},"resizePolicy":[{"resourceName":"memory","restartPolicy":"RestartContainer"}]}]}}
            """);
        var path = $"api/v1/namespaces/{ns}/pods/{name}";
        await AwaitAsync(path, p => p.Text("status.phase") == "Running", name + " runs");
        return path;
    }

    private Task<ApiAnswer> Look(string path, string name, string script) => Api.PatchAsync(
        path + "/ephemeralcontainers",
        $$$"""{"spec":{"ephemeralContainers":[{"name":"{{{name}}}","image":"none","command":["sh","-c","{{{script}}}"],"targetContainerName":"main"}]}}""",
        ApiSession.StrategicMergePatch);

    private Task<ApiAnswer> ResizeAsync(string path, string resources) => Api.PatchAsync(
        path + "/resize", $$$"""{"spec":{"containers":[{"name":"main","resources":{{{resources}}}}]}}""", ApiSession.StrategicMergePatch);

    private async Task<JsonObject> AwaitAsync(string path, Func<JsonObject, bool> condition, string what)
    {
        JsonObject? last = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await Api.GetAsync(path);
                last = answer.Code == System.Net.HttpStatusCode.OK ? answer.Body : null;
                return last is not null && condition(last);
            },
            what);
        return last!;
    }

    private Task GoneAsync(string path) =>
        Eventually.HoldsAsync(async () => (await Api.GetAsync(path)).Code == System.Net.HttpStatusCode.NotFound, "the pod is gone");
}
