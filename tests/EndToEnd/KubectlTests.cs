using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>What a user does first, with an unmodified kubectl.</summary>
[Collection(SharedCluster.Name)]
public class KubectlTests(TestCluster cluster)
{
    [Fact]
    public async Task The_node_is_ready_and_up_says_what_to_type_next()
    {
        Assert.Contains("Next: kubectl --kubeconfig ", cluster.UpOutput);
        Assert.Matches(@"node-1 +Ready +\S* +\S+ +v1\.32\.", await cluster.Kubectl("get", "nodes"));
    }

    [Fact]
    public async Task A_pod_runs_to_completion_and_its_log_is_shown()
    {
        await cluster.Kubectl("run", "hello", "--image=busybox", "--restart=Never", "--command", "--", "/bin/sh", "-c", "echo hello");
        await cluster.AwaitAsync("pod/hello", ".status.phase", "Succeeded");
        Assert.Matches(@"hello +0/1 +Completed +0 ", await cluster.Kubectl("get", "pods", "hello"));
        Assert.Equal("hello", await cluster.Kubectl("logs", "hello"));

        var described = await cluster.Kubectl("describe", "pod", "hello");
        Assert.Contains("Successfully assigned default/hello to node-1", described);
        Assert.Contains("Reason:       Completed", described);
        await cluster.Kubectl("delete", "pod", "hello");
        Assert.Contains("not found", (await cluster.KubectlAsync("get", "pod", "hello")).Error);
    }

    [Fact]
    public async Task A_deployment_becomes_ready_scales_and_goes_away()
    {
        await cluster.Kubectl("create", "deployment", "web", "--image=busybox", "--replicas=3", "--", "/bin/sh", "-c", "while :; do sleep 1; done");
        await cluster.Kubectl("rollout", "status", "deployment/web", "--timeout=60s");
        Assert.Matches(@"web +3/3 +3 +3 ", await cluster.Kubectl("get", "deployment", "web"));

        await cluster.Kubectl("scale", "deployment", "web", "--replicas=5");
        await cluster.AwaitAsync("deployment/web", ".status.readyReplicas", "5");
        await cluster.Kubectl("scale", "deployment", "web", "--replicas=1");
        await Eventually.HoldsAsync(
            async () => (await cluster.Kubectl("get", "pods", "-l", "app=web", "-o", "name")).Split('\n').Length == 1,
            "one pod is left",
            TimeSpan.FromSeconds(60));

        await cluster.Kubectl("delete", "deployment", "web");
        await Eventually.HoldsAsync(
            async () => await cluster.Kubectl("get", "pods,replicasets", "-l", "app=web", "-o", "name") == string.Empty,
            "the garbage collector removes what the deployment owned",
            TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Apply_patches_and_diff_sees_nothing_after()
    {
        const string first = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
            data:
              colour: blue
              size: large
            """;
        Assert.Equal("configmap/settings created", (await cluster.KubectlWithInputAsync(first, "apply", "-f", "-")).Succeeded().Trim());
        Assert.Equal("configmap/settings unchanged", (await cluster.KubectlWithInputAsync(first, "apply", "-f", "-")).Succeeded().Trim());
        var second = first.Replace("  size: large\n", string.Empty).Replace("  size: large", string.Empty).Replace("blue", "red");
        Assert.Equal("configmap/settings configured", (await cluster.KubectlWithInputAsync(second, "apply", "-f", "-")).Succeeded().Trim());
        Assert.Equal("{\"colour\":\"red\"}", await cluster.Kubectl("get", "configmap", "settings", "-o", "jsonpath={.data}"));
        Assert.Equal(0, (await cluster.KubectlWithInputAsync(second, "diff", "-f", "-")).ExitCode);
        await cluster.Kubectl("delete", "configmap", "settings");
    }

    [Fact]
    public async Task A_typo_is_refused_by_strict_validation()
    {
        var refused = await cluster.KubectlWithInputAsync(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: typo\nspec:\n  containers:\n  - name: c\n    imagee: x\n    image: busybox\n",
            "apply", "-f", "-");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("unknown field \"spec.containers[0].imagee\"", refused.Error);
    }

    [Fact]
    public async Task Explain_and_api_resources_describe_the_api()
    {
        var explained = await cluster.Kubectl("explain", "pod.spec.containers.imagePullPolicy");
        Assert.Contains("FIELD: imagePullPolicy <string>", explained);
        Assert.Contains("IfNotPresent", explained);
        var resources = await cluster.Kubectl("api-resources");
        foreach (var line in new[] { @"pods +po +v1 +true +Pod", @"deployments +deploy +apps/v1 +true +Deployment", @"nodes +no +v1 +false +Node" })
        {
            Assert.Matches(line, resources);
        }
    }

    [Fact]
    public async Task A_watch_shows_changes_as_they_happen()
    {
        using var watch = Command.Start("kubectl", ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "get", "configmaps", "-w", "--output-watch-events"]);
        var seen = new List<string>();
        var reading = Task.Run(async () =>
        {
            while (await watch.StandardOutput.ReadLineAsync() is { } line)
            {
                lock (seen)
                {
                    seen.Add(line);
                }
            }
        });
        bool Saw(string pattern)
        {
            lock (seen)
            {
                return seen.Any(line => System.Text.RegularExpressions.Regex.IsMatch(line, pattern));
            }
        }

        using var stop = new StopOnDispose(watch);
        await Eventually.HoldsAsync(() => Saw("^EVENT"), "the watch has begun");
        await cluster.Kubectl("create", "configmap", "watched", "--from-literal=a=1");
        await Eventually.HoldsAsync(() => Saw(@"^ADDED +watched +1"), "the ADDED event");
        await cluster.Kubectl("delete", "configmap", "watched");
        await Eventually.HoldsAsync(() => Saw(@"^DELETED +watched"), "the DELETED event");
        watch.Kill();
        await reading;
    }

    [Theory]
    [InlineData("1.27")]
    [FullInlineData("1.30")]
    [FullInlineData("1.33")]
    public async Task Other_versions_of_kubectl_work_too(string version)
    {
        // The versions that come beside kubectl where there are several; one kubectl alone is tested by the other tests.
        var kubectl = KubectlVersions.Find(version);
        var name = "v" + version.Replace(".", "-");
        async Task<string> Run(params string[] arguments) =>
            (await Command.RunAsync(kubectl, ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), .. arguments])).Succeeded().Trim();

        Assert.Contains("created", await Run("create", "configmap", name, "--from-literal=k=v"));
        Assert.Contains("labeled", await Run("label", "configmap", name, "a=b"));
        Assert.Contains("annotate", await Run("annotate", "configmap", name, "a=b"));
        Assert.Contains("patched", await Run("patch", "configmap", name, "-p", "{\"data\":{\"k\":\"w\"}}"));
        Assert.Equal("w", await Run("get", "configmap", name, "-o", "jsonpath={.data.k}"));
        Assert.Contains("deleted", await Run("delete", "configmap", name));
    }
}
