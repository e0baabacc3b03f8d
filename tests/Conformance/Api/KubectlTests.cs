namespace Kube.Conformance.Tests.Api;

/// <summary>kubectl's subcommands, unmodified and of several versions, against the API server alone: no controller runs.</summary>
public sealed partial class KubectlTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Theory]
    [FullInlineData("1.27")]
    [FullInlineData("1.29")]
    [InlineData("1.32")]
    [FullInlineData("1.33")]
    public async Task An_object_lives_its_life(string version)
    {
        var name = "life-" + version.Replace('.', '-');
        var manifest = $$$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: {{{name}}}, labels: {app: a}}
            data: {k: v1}
            """;
        Assert.Equal($"configmap/{name} created\n", await RunAsync(version, ["apply", "-f", "-"], manifest));
        Assert.Equal($"configmap/{name} unchanged\n", await RunAsync(version, ["apply", "-f", "-"], manifest));
        Assert.Equal($"configmap/{name} configured\n", await RunAsync(version, ["apply", "-f", "-"], manifest.Replace("v1}", "v2}", StringComparison.Ordinal)));
        Assert.Equal("v2", await RunAsync(version, ["get", "configmap", name, "-o", "jsonpath={.data.k}"]));
        Assert.Equal($"configmap/{name} labeled\n", await RunAsync(version, ["label", "configmap", name, "b=c"]));
        Assert.StartsWith($"configmap/{name} annotate", await RunAsync(version, ["annotate", "configmap", name, "n=m"]), StringComparison.Ordinal);
        Assert.Equal($"configmap/{name} patched\n", await RunAsync(version, ["patch", "configmap", name, "--type=json", "-p", """[{"op":"add","path":"/data/x","value":"y"}]"""]));
        Assert.Contains($"configmap/{name}", await RunAsync(version, ["get", "configmaps", "-l", "app=a,b=c", "-o", "name"]), StringComparison.Ordinal);
        Assert.Contains("x:\n----\ny", await RunAsync(version, ["describe", "configmap", name]), StringComparison.Ordinal);
        Assert.Equal($"configmap \"{name}\" deleted\n", await RunAsync(version, ["delete", "configmap", name]));
        Assert.Contains($"configmaps \"{name}\" not found", await FailAsync(version, ["get", "configmap", name]), StringComparison.Ordinal);
    }

    [Theory]
    [FullInlineData("1.27")]
    [InlineData("1.32")]
    [FullInlineData("1.33")]
    public async Task Typed_commands_create_what_they_name(string version)
    {
        var ns = "typed-" + version.Replace('.', '-');
        await RunAsync(version, ["create", "namespace", ns]);
        string[] inNs = ["-n", ns];
        await RunAsync(version, ["create", "configmap", "c", "--from-literal=a=b", .. inNs]);
        await RunAsync(version, ["create", "secret", "generic", "s", "--from-literal=a=b", .. inNs]);
        await RunAsync(version, ["create", "serviceaccount", "sa", .. inNs]);
        await RunAsync(version, ["create", "deployment", "d", "--image=nginx", "--replicas=2", "--port=80", .. inNs]);
        await RunAsync(version, ["expose", "deployment", "d", .. inNs]);
        await RunAsync(version, ["scale", "deployment", "d", "--replicas=3", .. inNs]);
        await RunAsync(version, ["set", "image", "deployment/d", "nginx=nginx:1", .. inNs]);
        await RunAsync(version, ["create", "role", "r", "--verb=get", "--resource=pods", .. inNs]);
        await RunAsync(version, ["create", "rolebinding", "rb", "--role=r", "--user=u", .. inNs]);
        await RunAsync(version, ["create", "job", "j", "--image=busybox", .. inNs]);
        await RunAsync(version, ["create", "cronjob", "cj", "--image=busybox", "--schedule=* * * * *", .. inNs]);
        await RunAsync(version, ["create", "ingress", "i", "--rule=foo.com/bar=d:80", .. inNs]);
        await RunAsync(version, ["create", "poddisruptionbudget", "p", "--selector=a=b", "--min-available=1", .. inNs]);
        await RunAsync(version, ["create", "quota", "q", "--hard=pods=2", .. inNs]);
        await RunAsync(version, ["autoscale", "deployment", "d", "--max=4", "--cpu-percent=50", .. inNs]);
        Assert.Equal("3 nginx:1", await RunAsync(version, ["get", "deployment", "d", "-o", "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}", .. inNs]));
        Assert.Equal("Yg==", await RunAsync(version, ["get", "secret", "s", "-o", "jsonpath={.data.a}", .. inNs]));
        Assert.Matches("^10\\.96\\.\\d+\\.\\d+$", await RunAsync(version, ["get", "service", "d", "-o", "jsonpath={.spec.clusterIP}", .. inNs]));
        Assert.Equal("50", await RunAsync(version, ["get", "horizontalpodautoscalers.v1.autoscaling", "d", "-o", "jsonpath={.spec.targetCPUUtilizationPercentage}", .. inNs]));
        Assert.Equal("50", await RunAsync(version, ["get", "horizontalpodautoscalers.v2.autoscaling", "d", "-o", "jsonpath={.spec.metrics[0].resource.target.averageUtilization}", .. inNs]));
    }

    [Theory]
    [FullInlineData("1.27")]
    [FullInlineData("1.29")]
    [InlineData("1.32")]
    [FullInlineData("1.33")]
    public async Task Documents_are_read(string version)
    {
        Assert.Contains("gitVersion: v1.32", await RunAsync(version, ["version", "-o", "yaml"]), StringComparison.Ordinal);
        Assert.Contains("deployments", await RunAsync(version, ["api-resources"]), StringComparison.Ordinal);
        Assert.Contains("apps/v1\n", await RunAsync(version, ["api-versions"]), StringComparison.Ordinal);
        Assert.Contains("containers", await RunAsync(version, ["explain", "pod.spec"]), StringComparison.Ordinal);
        Assert.Contains("is running at", await RunAsync(version, ["cluster-info"]), StringComparison.Ordinal);
    }

    [Theory]
    [FullInlineData("1.27")]
    [InlineData("1.32")]
    public async Task Mistakes_are_named(string version)
    {
        const string unknownField = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: mistake}
            datum: {a: b}
            """;
        Assert.Contains("unknown field \"datum\"", await FailAsync(version, ["create", "-f", "-"], unknownField), StringComparison.Ordinal);
        const string badName = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Bad_Name"}}""";
        Assert.Contains("The ConfigMap \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\"", await FailAsync(version, ["create", "-f", "-"], badName), StringComparison.Ordinal);
        Assert.Contains("the server doesn't have a resource type \"nonsense\"", await FailAsync(version, ["get", "nonsense"]), StringComparison.Ordinal);
        await RunAsync(version, ["create", "configmap", "twice-" + version]);
        Assert.Contains("already exists", await FailAsync(version, ["create", "configmap", "twice-" + version]), StringComparison.Ordinal);
        Assert.Contains("field label not supported", await FailAsync(version, ["get", "pods", "--field-selector", "spec.nonsense=x"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_user_acts_as_another_who_may_less()
    {
        Assert.Contains("User \"bob\" cannot list resource \"secrets\"", await FailAsync("1.32", ["get", "secrets", "--as=bob", "--as-group=dev"]), StringComparison.Ordinal);
        Assert.Equal("no\n", (await api.KubectlAsync("1.32", ["auth", "can-i", "create", "pods", "--as=bob"])).Output);
        Assert.Equal("yes\n", await RunAsync("1.32", ["auth", "can-i", "create", "pods", "--as=bob", "--as-group=system:masters"]));
        Assert.Contains("system:serviceaccount:default:x", await RunAsync("1.32", ["auth", "whoami", "--as=system:serviceaccount:default:x"]), StringComparison.Ordinal);
        await RunAsync("1.32", ["create", "clusterrole", "as-carol", "--verb=impersonate", "--resource=users", "--resource-name=carol"]);
        await RunAsync("1.32", ["create", "clusterrolebinding", "as-carol", "--clusterrole=as-carol", "--user=dave"]);
        api.IssueClient("dave");
        var dave = await api.KubectlAsync("1.32", ["get", "secrets", "--as=erin", "--client-certificate", Path.Combine(api.Directory, "dave.crt"), "--client-key", Path.Combine(api.Directory, "dave.key")]);
        Assert.Contains("users \"erin\" is forbidden: User \"dave\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope", dave.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_look_as_they_should()
    {
        // No controller runs that would make the account which every pod needs.
        await RunAsync("1.32", ["create", "serviceaccount", "default"]);
        await RunAsync("1.32", ["run", "table", "--image=busybox"]);
        var table = await RunAsync("1.32", ["get", "pod", "table", "-o", "wide"]);
        Assert.Matches(@"^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\ntable +0/1 +Pending +0 +\d+s +<none> +<none> +<none> +<none>\n$", table);
        Assert.Matches(@"^NAME +STATUS +AGE\ndefault +Active +", await RunAsync("1.32", ["get", "namespaces"]));
        Assert.Equal("pod \"table\" deleted\n", await RunAsync("1.32", ["delete", "pod", "table"]));
    }

    [Fact]
    public async Task A_watch_shows_what_enters_and_leaves_the_selection()
    {
        await RunAsync("1.32", ["create", "namespace", "watched"]);
        var watching = api.KubectlAsync(
            "1.32", ["get", "configmaps", "-n", "watched", "-l", "on=yes", "--watch", "--output-watch-events", "--no-headers", "--request-timeout=6s"]);
        await RunAsync("1.32", ["create", "configmap", "w", "-n", "watched"]);
        await RunAsync("1.32", ["label", "configmap", "w", "on=yes", "-n", "watched"]);
        await RunAsync("1.32", ["annotate", "configmap", "w", "a=b", "-n", "watched"]);
        await RunAsync("1.32", ["label", "configmap", "w", "--overwrite", "on=no", "-n", "watched"]);
        await RunAsync("1.32", ["delete", "configmap", "w", "-n", "watched"]);
        var events = (await watching).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], events);
    }

    [Fact]
    public async Task A_page_at_a_time_gives_the_whole_list()
    {
        await RunAsync("1.32", ["create", "namespace", "paged"]);
        var items = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + string.Join(",", Enumerable.Range(0, 25).Select(i => $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"c{i:D2}\"}}}}")) + "]}";
        await RunAsync("1.32", ["create", "-n", "paged", "-f", "-"], items);
        var names = await RunAsync("1.32", ["get", "configmaps", "-n", "paged", "--chunk-size=4", "-o", "name"]);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"configmap/c{i:D2}"), names.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_deleted_namespace_waits_for_its_finalizer()
    {
        await RunAsync("1.32", ["create", "namespace", "going"]);
        await RunAsync("1.32", ["delete", "namespace", "going", "--wait=false"]);
        Assert.Equal("Terminating", await RunAsync("1.32", ["get", "namespace", "going", "-o", "jsonpath={.status.phase}"]));
        await RunAsync("1.32", ["replace", "--raw", "/api/v1/namespaces/going/finalize", "-f", "-"], """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"going"},"spec":{"finalizers":[]}}""");
        Assert.Contains("not found", await FailAsync("1.32", ["get", "namespace", "going"]), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string version, string[] arguments, string? input = null) =>
        (await api.KubectlAsync(version, arguments, input)).Succeeded();

    private async Task<string> FailAsync(string version, string[] arguments, string? input = null)
    {
        var result = await api.KubectlAsync(version, arguments, input);
        Assert.NotEqual(0, result.ExitCode);
        return result.Error;
    }
}
