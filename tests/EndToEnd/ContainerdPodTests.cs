using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>What Kubernetes' conformance suite asks of a node and one pod alone cannot show: deletions, what is seen from outside, several pods.</summary>
[Collection(ContainerdCollection.Name)]
public sealed partial class ContainerdPodTests(ContainerdCluster cluster)
{
    [Fact]
    [Behaviour("pod-lifecycle", "Submitted and removed")]
    [Behaviour("lifecycle-hook", "PreStop on delete")]
    public async Task A_deleted_pod_runs_its_hook_then_ends_within_its_grace_and_a_watch_sees_it_all()
    {
        using var watch = Start("get", "pods", "--field-selector=metadata.name=leaves", "-w", "--output-watch-events", "-o", "json");
        using var stopWatch = new StopOnDispose(watch);
        var events = Read(watch.StandardOutput);
        await CreateAsync("leaves", """
            terminationGracePeriodSeconds: 20
            containers:
              - name: main
                image: IMAGE
                lifecycle: {preStop: {exec: {command: [sh, -c, "echo the hook runs > /proc/1/fd/1"]}}}
                command: [sh, -c, "trap 'echo told to end; exit 0' TERM; echo started; while :; do usleep 200000; done"]
            """);
        await cluster.AwaitAsync("pod/leaves", ".status.phase", "Running");
        using var log = Start("logs", "-f", "leaves");
        using var stopLog = new StopOnDispose(log);
        Assert.Equal("started", await log.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        await cluster.Kubectl("delete", "pod", "leaves");
        Assert.Equal("the hook runs\ntold to end\n", await log.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(90)));

        await Eventually.HoldsAsync(() => events.Any(static line => line.Contains("\"DELETED\"", StringComparison.Ordinal)), "the watch has seen the end");
        var types = EventType().Matches(string.Join('\n', events)).Select(static m => m.Groups[1].Value).ToArray();
        Assert.Equal("ADDED", types[0]);
        Assert.Equal("DELETED", types[^1]);
        Assert.All(types[1..^1], static type => Assert.Equal("MODIFIED", type));
        Assert.Contains(events, static line => line.Replace(": ", ":", StringComparison.Ordinal).Contains("\"deletionGracePeriodSeconds\":20", StringComparison.Ordinal));
    }

    [Fact]
    [Behaviour("init-container", "Failure, RestartAlways")]
    [Behaviour("kubelet-pod", "Delete failing pod")]
    public async Task A_pod_whose_first_container_never_succeeds_is_tried_again_and_can_be_deleted()
    {
        await CreateAsync("fails-first", """
            restartPolicy: Always
            initContainers: [{name: fails, image: IMAGE, command: ["false"]}, {name: never, image: IMAGE, command: ["true"]}]
            containers: [{name: main, image: IMAGE, command: ["true"]}]
            """);
        await CreateAsync("fails", "containers: [{name: main, image: IMAGE, command: [\"false\"]}]");
        await Eventually.HoldsAsync(
            async () => int.Parse("0" + await StatusAsync("fails-first", ".initContainerStatuses[0].restartCount"), CultureInfo.InvariantCulture) >= 2,
            "the first container is started a third time",
            TimeSpan.FromSeconds(90));
        Assert.Equal("Pending", await StatusAsync("fails-first", ".phase"));
        Assert.Equal("PodInitializing", await StatusAsync("fails-first", ".containerStatuses[0].state.waiting.reason"));
        Assert.Equal("0", await StatusAsync("fails-first", ".initContainerStatuses[1].restartCount"));
        Assert.Equal("False", await StatusAsync("fails-first", ".conditions[?(@.type==\"Initialized\")].status"));

        await cluster.AwaitAsync("pod/fails", ".status.containerStatuses[0].state.waiting.reason", "CrashLoopBackOff");
        await cluster.Kubectl("delete", "pod", "fails", "fails-first", "--timeout=120s");
    }

    [Fact]
    [Behaviour("probe", "Readiness initial delay")]
    public async Task A_pod_is_not_ready_before_its_probe_may_be_asked()
    {
        await CreateAsync("late", """
            terminationGracePeriodSeconds: 0
            containers:
              - {name: main, image: IMAGE, command: [sleep, "600"], readinessProbe: {exec: {command: ["true"]}, initialDelaySeconds: 4, periodSeconds: 1}}
            """);
        await cluster.AwaitAsync("pod/late", ".status.conditions[?(@.type==\"Ready\")].status", "True");
        var started = Time(await StatusAsync("late", ".containerStatuses[0].state.running.startedAt"));
        var ready = Time(await StatusAsync("late", ".conditions[?(@.type==\"Ready\")].lastTransitionTime"));
        Assert.True(ready - started >= TimeSpan.FromSeconds(4), $"ready {ready - started} after the start");
        Assert.Equal("0", await StatusAsync("late", ".containerStatuses[0].restartCount"));
        await EndAsync("late");
    }

    [Fact]
    [Behaviour("probe", "Readiness fails")]
    public async Task A_pod_whose_readiness_probe_fails_is_never_ready_and_never_restarted()
    {
        await CreateAsync("unready", """
            terminationGracePeriodSeconds: 0
            containers:
              - {name: main, image: IMAGE, command: [sleep, "600"], readinessProbe: {exec: {command: ["false"]}, periodSeconds: 1}}
            """);
        await Eventually.HoldsAsync(
            async () => (await cluster.Kubectl("get", "events", "--field-selector=involvedObject.name=unready,reason=Unhealthy", "-o", "jsonpath={.items[*].count}"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Sum(static count => int.Parse(count, CultureInfo.InvariantCulture)) >= 5,
            "the probe has failed five times");
        Assert.Equal("False", await StatusAsync("unready", ".conditions[?(@.type==\"Ready\")].status"));
        Assert.Equal("false 0", await StatusAsync("unready", ".containerStatuses[0]['ready', 'restartCount']"));

        // The condition has not changed since before the container started.
        var started = Time(await StatusAsync("unready", ".containerStatuses[0].state.running.startedAt"));
        Assert.True(Time(await StatusAsync("unready", ".conditions[?(@.type==\"Ready\")].lastTransitionTime")) <= started);
        await EndAsync("unready");
    }

    [Fact]
    [Behaviour("emptydir-wrapper", "ConfigMaps, no race")]
    [Trait(Extent.Trait, Extent.Full)]
    public async Task Pods_with_fifty_config_maps_each_all_start()
    {
        var maps = new StringBuilder();
        for (var i = 0; i < 50; i++)
        {
            maps.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: many-{i}}}\ndata: {{number: \"{i}\"}}\n---\n");
        }

        (await cluster.KubectlWithInputAsync(maps.ToString(), "create", "-f", "-")).Succeeded();
        var volumes = string.Join(", ", Enumerable.Range(0, 50).Select(static i => $"{{name: v{i}, configMap: {{name: many-{i}}}}}"));
        var mounts = string.Join(", ", Enumerable.Range(0, 50).Select(static i => $"{{name: v{i}, mountPath: /m/{i}}}"));
        string[] names = [.. Enumerable.Range(0, 5).Select(static i => $"wraps-{i}")];
        await Task.WhenAll(names.Select(name => CreateAsync(name, $$"""
            restartPolicy: Never
            volumes: [{{volumes}}]
            containers: [{name: main, image: IMAGE, volumeMounts: [{{mounts}}], command: [sh, -c, "cat /m/*/number | wc -c"] }]
            """)));
        foreach (var name in names)
        {
            await cluster.AwaitAsync("pod/" + name, ".status.phase", "Succeeded", TimeSpan.FromSeconds(90));
            Assert.Equal("90", await cluster.Kubectl("logs", name));
        }

        await EndAsync(names);
        await cluster.Kubectl(["delete", "configmap", .. Enumerable.Range(0, 50).Select(static i => $"many-{i}")]);
    }

    [Fact]
    [Behaviour("secret-volume", "Same name elsewhere")]
    public async Task A_secret_is_that_of_the_pods_namespace()
    {
        await cluster.Kubectl("create", "namespace", "elsewhere");
        await cluster.Kubectl("create", "secret", "generic", "namesake", "--from-literal=word=here");
        await cluster.Kubectl("-n", "elsewhere", "create", "secret", "generic", "namesake", "--from-literal=word=there");
        await CreateAsync("reads-secret", """
            restartPolicy: Never
            volumes: [{name: s, secret: {secretName: namesake}}]
            containers: [{name: main, image: IMAGE, volumeMounts: [{name: s, mountPath: /s}], command: [cat, /s/word]}]
            """);
        await cluster.AwaitAsync("pod/reads-secret", ".status.phase", "Succeeded");
        Assert.Equal("here", await cluster.Kubectl("logs", "reads-secret"));
        await EndAsync("reads-secret");
        await cluster.Kubectl("delete", "secret", "namesake");
        await cluster.Kubectl("delete", "namespace", "elsewhere", "--wait=false");
    }

    [Theory]
    [InlineData("apps/v1", "ReplicaSet", "{matchLabels: {app: serves-replicaset} }")]
    [InlineData("v1", "ReplicationController", "{app: serves-replicationcontroller}")]
    [Behaviour("replicaset", "Serve basic image")]
    [Behaviour("rc", "Serve basic image")]
    public async Task Each_replica_answers_for_itself(string version, string kind, string selector)
    {
        var resource = kind.ToLowerInvariant();
        var name = "serves-" + resource;
        var manifest = $$"""
            apiVersion: {{version}}
            kind: {{kind}}
            metadata: {name: {{name}}}
            spec:
              replicas: 2
              selector: {{selector}}
              template:
                metadata: {labels: {app: {{name}} } }
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                    - name: main
                      image: {{cluster.Image}}
                      command: [sh, -c, "mkdir /www; hostname > /www/name; exec httpd -f -p 8080 -h /www"]
                      readinessProbe: {httpGet: {path: /name, port: 8080}, periodSeconds: 1}
            """;
        (await cluster.KubectlWithInputAsync(manifest, "create", "-f", "-")).Succeeded();
        await cluster.AwaitAsync($"{resource}/{name}", ".status.readyReplicas", "2");
        var pods = (await cluster.Kubectl("get", "pods", "-l", "app=" + name, "-o", "jsonpath={.items[*].metadata.name}")).Split(' ');
        Assert.Equal(2, pods.Length);
        foreach (var pod in pods)
        {
            Assert.Equal(pod, await cluster.Kubectl("get", "--raw", $"/api/v1/namespaces/default/pods/{pod}:8080/proxy/name"));
        }

        await cluster.Kubectl("scale", resource, name, "--replicas=1");
        await cluster.AwaitAsync($"{resource}/{name}", ".status.replicas", "1");
        await cluster.Kubectl("delete", resource, name);
    }

    [Fact]
    [Behaviour("pod-lifecycle", "Exec over websocket")]
    public async Task A_websocket_client_runs_a_command()
    {
        await CreateAsync("socket", "terminationGracePeriodSeconds: 0\ncontainers: [{name: main, image: IMAGE, command: [sleep, \"600\"]}]");
        await cluster.AwaitAsync("pod/socket", ".status.phase", "Running");
        using var proxy = Start("proxy", "--port=0", "--disable-filter=true");
        using var stop = new StopOnDispose(proxy);
        var line = await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90));
        var port = ProxyPort().Match(line ?? "").Groups[1].Value;

        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v4.channel.k8s.io");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await socket.ConnectAsync(
            new Uri($"ws://127.0.0.1:{port}/api/v1/namespaces/default/pods/socket/exec?command=echo&command=remote+execution&stdout=1&stderr=1"), limit.Token);
        Assert.Equal("v4.channel.k8s.io", socket.SubProtocol);
        var said = new Dictionary<byte, StringBuilder>();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, limit.Token) is { MessageType: not WebSocketMessageType.Close } received)
        {
            Assert.True(received.EndOfMessage);
            said.TryAdd(buffer[0], new StringBuilder());
            said[buffer[0]].Append(Encoding.UTF8.GetString(buffer, 1, received.Count - 1));
        }

        Assert.Equal("remote execution\n", said[1].ToString());
        Assert.Equal("Success", (string?)JsonNode.Parse(said[3].ToString())!["status"]);
        await EndAsync("socket");
    }

    private static ConcurrentQueue<string> Read(StreamReader reader)
    {
        var read = new ConcurrentQueue<string>();
        _ = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                read.Enqueue(line);
            }
        });
        return read;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private System.Diagnostics.Process Start(params string[] arguments) =>
        Command.Start("kubectl", ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), .. arguments]);

    private Task<string> StatusAsync(string pod, string path) => cluster.Kubectl("get", "pod", pod, "-o", $"jsonpath={{.status{path}}}");

    private async Task CreateAsync(string name, string spec)
    {
        var indented = string.Concat(spec.Split('\n').Select(static line => "  " + line + "\n")).Replace("IMAGE", cluster.Image, StringComparison.Ordinal);
        (await cluster.KubectlWithInputAsync($"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n{indented}", "create", "-f", "-")).Succeeded();
    }

    private Task EndAsync(params string[] names) => cluster.Kubectl(["delete", "pod", .. names, "--wait=false"]);

    [GeneratedRegex("\"type\": ?\"(ADDED|MODIFIED|DELETED)\"")]
    private static partial Regex EventType();

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex ProxyPort();
}
