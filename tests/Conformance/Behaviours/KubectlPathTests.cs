using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What kubectl does with the API, where no controller and no kubelet is needed for it.</summary>
[Collection(BehaviourGroup.Name)]
public sealed partial class KubectlPathTests(BehaviourCluster cluster)
{
    [Fact]
    [Behaviour("kubectl-client", "api-versions")]
    public async Task Versions_are_listed() => Assert.Contains("v1", (await RunAsync("api-versions")).Split('\n'));

    [Fact]
    [Behaviour("kubectl-client", "cluster-info")]
    public async Task The_control_plane_has_an_address() =>
        Assert.Matches($"Kubernetes control plane.* is running at .*https://127.0.0.1:{cluster.Server.Port}", await RunAsync("cluster-info"));

    [Fact]
    [Behaviour("kubectl-client", "version")]
    public async Task Client_and_server_tell_their_version()
    {
        var version = JsonNode.Parse(await RunAsync("version", "-o", "json"))!;
        foreach (var side in (string[])["clientVersion", "serverVersion"])
        {
            foreach (var field in (string[])["major", "minor", "gitCommit", "gitVersion", "buildDate", "goVersion", "compiler", "platform"])
            {
                Assert.False(string.IsNullOrEmpty(version.Text($"{side}.{field}")), $"{side}.{field}");
            }
        }
    }

    [Fact]
    [Behaviour("kubectl-client", "describe")]
    public async Task Objects_are_described()
    {
        var ns = await cluster.NamespaceAsync("describe");
        await cluster.Admin.CreateAsync("api/v1/nodes", $$$$"""{"metadata":{"name":"{{{{ns}}}}"},"status":{"capacity":{"cpu":"2","memory":"4Gi","pods":"10"},"conditions":[{"type":"Ready","status":"True"}]}}""");
        await RunAsync("create", "-n", ns, "-f", "-", Controller);
        await RunAsync("expose", "-n", ns, "rc", "agnhost-primary", "--port=6379", "--name=agnhost-primary");
        await RunAsync("run", "-n", ns, "one", "--image=registry.k8s.io/pause:3.9", "--labels=app=agnhost");
        foreach (var (kind, name, expected) in new[]
        {
            ("pod", "one", (string[])["Name:", "Namespace:", "Node:", "Labels:", "app=agnhost", "Status:", "Image:", "pause:3.9"]),
            ("rc", "agnhost-primary", ["Name:", "Namespace:", "Image", "Selector:", "Labels:", "app=agnhost", "role=primary", "Replicas:", "Pod Template:"]),
            ("service", "agnhost-primary", ["Name:", "Namespace:", "Labels:", "Selector:", "Type:", "ClusterIP", "IP:", "Port:", "Endpoints:", "Session Affinity:"]),
            ("node", ns, ["Name:", "Labels:", "Annotations:", "CreationTimestamp", "Conditions:", "Capacity:", "pods:"]),
            ("namespace", ns, ["Name:", "Labels:", "Annotations:", "Status:", "Active", "No resource quota", "No LimitRange"]),
        })
        {
            var text = await RunAsync("describe", kind, name, "-n", ns);
            Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
        }

        await RunAsync("delete", "node", ns);
    }

    [Fact]
    [Behaviour("kubectl-client", "diff")]
    public async Task A_diff_shows_the_image_that_would_be()
    {
        var ns = await cluster.NamespaceAsync("diff");
        await RunAsync("create", "deployment", "d", "-n", ns, "--image=registry.example.com/httpd:1");
        var changed = (await RunAsync("get", "deployment", "d", "-n", ns, "-o", "json")).Replace("httpd:1", "busybox:2", StringComparison.Ordinal);
        var diff = await cluster.Server.KubectlAsync("1.32", ["diff", "-n", ns, "-f", "-"], changed);
        Assert.Equal(1, diff.ExitCode);
        Assert.Matches(@"(?m)^-\s+- image: registry.example.com/httpd:1$", diff.Output);
        Assert.Matches(@"(?m)^\+\s+- image: registry.example.com/busybox:2$", diff.Output);
        Assert.Equal("registry.example.com/httpd:1", await RunAsync("get", "deployment", "d", "-n", ns, "-o", "jsonpath={..image}"));
    }

    [Fact]
    [Behaviour("kubectl-client", "label")]
    public async Task A_label_comes_and_goes()
    {
        var ns = await cluster.NamespaceAsync("label");
        await RunAsync("run", "pause", "-n", ns, "--image=registry.k8s.io/pause:3.9");
        await RunAsync("label", "pods", "pause", "-n", ns, "testing-label=testing-label-value");
        Assert.Contains("testing-label-value", await RunAsync("get", "pod", "pause", "-n", ns, "-L", "testing-label"), StringComparison.Ordinal);
        Assert.Equal("pod/pause\n", await RunAsync("get", "pods", "-n", ns, "-l", "testing-label=testing-label-value", "-o", "name"));
        await RunAsync("label", "pods", "pause", "-n", ns, "testing-label-");
        Assert.DoesNotContain("testing-label-value", await RunAsync("get", "pod", "pause", "-n", ns, "-L", "testing-label"), StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour("kubectl-client", "patch")]
    public async Task Each_pod_of_a_controller_is_annotated()
    {
        var ns = await cluster.NamespaceAsync("patch");
        foreach (var name in (string[])["a", "b"])
        {
            await RunAsync("run", name, "-n", ns, "--image=registry.k8s.io/pause:3.9", "--labels=app=agnhost");
            await RunAsync("patch", "pod", name, "-n", ns, "-p", """{"metadata":{"annotations":{"x":"y"}}}""");
        }

        Assert.Equal("y y", await RunAsync("get", "pods", "-n", ns, "-l", "app=agnhost", "-o", "jsonpath={.items[*].metadata.annotations.x}"));
    }

    [Fact]
    [Behaviour("kubectl-client", "run pod")]
    [Behaviour("kubectl-client", "replace")]
    public async Task A_pod_is_run_and_its_image_replaced()
    {
        var ns = await cluster.NamespaceAsync("replace");
        await RunAsync("run", "p", "-n", ns, "--restart=Never", "--image=registry.example.com/httpd:1");
        Assert.Equal("Never registry.example.com/httpd:1", await RunAsync("get", "pod", "p", "-n", ns, "-o", "jsonpath={.spec.restartPolicy} {.spec.containers[0].image}"));
        var pod = (await RunAsync("get", "pod", "p", "-n", ns, "-o", "json")).Replace("httpd:1", "busybox:2", StringComparison.Ordinal);
        Assert.Equal("pod/p replaced\n", await RunAsync("replace", "-n", ns, "-f", "-", pod));
        Assert.Equal("registry.example.com/busybox:2", await RunAsync("get", "pod", "p", "-n", ns, "-o", "jsonpath={.spec.containers[0].image}"));
    }

    [Fact]
    [Behaviour("kubectl-client", "server dry-run")]
    public async Task A_dry_run_changes_nothing()
    {
        var ns = await cluster.NamespaceAsync("dry");
        await RunAsync("run", "p", "-n", ns, "--image=registry.example.com/httpd:1");
        Assert.Equal("pod/p patched (no change)\n", (await RunAsync("patch", "pod", "p", "-n", ns, "--dry-run=server", "-p", "{}")).Replace(" (server dry run)", "", StringComparison.Ordinal));
        await RunAsync("patch", "pod", "p", "-n", ns, "--dry-run=server", "-p", """{"spec":{"containers":[{"name":"p","image":"registry.example.com/busybox:2"}]}}""");
        Assert.Equal("registry.example.com/httpd:1", await RunAsync("get", "pod", "p", "-n", ns, "-o", "jsonpath={.spec.containers[0].image}"));
    }

    [Fact]
    [Behaviour("kubectl-client", "proxy port 0")]
    public async Task A_proxy_finds_itself_a_port()
    {
        using var proxy = Command.Start(cluster.Server.Kubectl, ["--kubeconfig", cluster.Server.Kubeconfig, "proxy", "-p", "0", "--disable-filter"]);
        try
        {
            var port = Port().Match(await LineAsync(proxy)).Groups[1].Value;
            using var http = new HttpClient();
            Assert.Contains("APIVersions", await http.GetStringAsync($"http://127.0.0.1:{port}/api/"), StringComparison.Ordinal);
        }
        finally
        {
            proxy.Kill();
        }
    }

    [Fact]
    [Behaviour("kubectl-client", "proxy unix socket")]
    public async Task A_proxy_serves_a_socket()
    {
        var path = Path.Combine(cluster.Server.Directory, "proxy.sock");
        using var proxy = Command.Start(cluster.Server.Kubectl, ["--kubeconfig", cluster.Server.Kubeconfig, "proxy", "--unix-socket=" + path]);
        try
        {
            Assert.Contains(path, await LineAsync(proxy), StringComparison.Ordinal);
            using var http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
            Assert.Contains("APIVersions", await http.GetStringAsync("http://localhost/api/"), StringComparison.Ordinal);
        }
        finally
        {
            proxy.Kill();
        }
    }

    private const string Controller = """
        {"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"agnhost-primary","labels":{"app":"agnhost","role":"primary"}},
         "spec":{"replicas":1,"selector":{"app":"agnhost","role":"primary"},"template":{"metadata":{"labels":{"app":"agnhost","role":"primary"}},
         "spec":{"containers":[{"name":"c","image":"registry.k8s.io/pause:3.9"}]}}}}
        """;

    [GeneratedRegex(@":(\d+)\s*$")]
    private static partial Regex Port();

    private static async Task<string> LineAsync(System.Diagnostics.Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("kubectl proxy ended");
    }

    /// <summary>Runs kubectl; after "-f -" the last argument is its input.</summary>
    private async Task<string> RunAsync(params string[] arguments)
    {
        var hasInput = arguments.Length > 2 && arguments[^2] == "-";
        return (await cluster.Server.KubectlAsync("1.32", hasInput ? arguments[..^1] : arguments, hasInput ? arguments[^1] : null)).Succeeded();
    }
}
