using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>kubectl logs of real containers.</summary>
[Collection(ContainerdCollection.Name)]
public sealed partial class ContainerdLogTests(ContainerdCluster cluster)
{
    [Fact]
    [Behaviour("kubectl-logs", "logs")]
    public async Task A_log_is_cut_as_asked()
    {
        // Two seconds lie between the times of the two halves, which the runtime puts on them as it reads them: a log is cut by whole seconds.
        await RunAsync("cut", "for i in 1 2 3 4 5; do echo early $i; done; until [ -f /tmp/go ]; do usleep 200000; done; sleep 2; for i in 1 2 3; do echo late $i; done");
        await Eventually.HoldsAsync(async () => (await cluster.KubectlAsync("logs", "cut")).Output.Contains("early 5", StringComparison.Ordinal), "the first half is in the log");
        await cluster.Kubectl("exec", "cut", "--", "touch", "/tmp/go");
        await cluster.AwaitAsync("pod/cut", ".status.phase", "Succeeded");
        var all = await cluster.Kubectl("logs", "cut");
        Assert.Equal("early 1\nearly 2\nearly 3\nearly 4\nearly 5\nlate 1\nlate 2\nlate 3", all);
        Assert.Equal("late 2\nlate 3", await cluster.Kubectl("logs", "cut", "--tail=2"));
        Assert.Equal("", await cluster.Kubectl("logs", "cut", "--tail=0"));
        Assert.Equal("early 1\nea", await cluster.Kubectl("logs", "cut", "--limit-bytes=10"));

        var stamped = (await cluster.Kubectl("logs", "cut", "--timestamps")).Split('\n');
        Assert.Equal(all.Split('\n'), stamped.Select(static line => line[(line.IndexOf(' ') + 1)..]));
        var times = stamped.Select(static line => DateTimeOffset.Parse(line[..line.IndexOf(' ')], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(times.Order(), times);
        var between = times[5].AddSeconds(-1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Equal("late 1\nlate 2\nlate 3", await cluster.Kubectl("logs", "cut", "--since-time=" + between));
        Assert.Equal(all, await cluster.Kubectl("logs", "cut", "--since=1h"));

        var none = await cluster.KubectlAsync("logs", "cut", "--previous");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("previous terminated container \"main\" in pod \"cut\" not found", none.Error);
        await EndAsync("cut");
    }

    [Fact]
    public async Task A_log_is_followed_to_the_end_of_the_container()
    {
        // It ends once all was read: what a container writes right before it ends containerd may lose, whoever reads the log.
        await RunAsync("followed", "echo first; until [ -f /tmp/go ]; do usleep 200000; done; printf second; usleep 1000; echo ' half'; seq 1 20000; until [ -f /tmp/end ]; do usleep 20000; done; exit 6");
        using var follow = Command.Start("kubectl", ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "logs", "-f", "followed"]);
        using var stop = new StopOnDispose(follow);
        Assert.Equal("first", await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        await cluster.Kubectl("exec", "followed", "--", "touch", "/tmp/go");
        foreach (var line in Enumerable.Range(1, 20_000).Select(static i => $"{i}").Prepend("second half"))
        {
            Assert.Equal(line, await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        }

        await cluster.Kubectl("exec", "followed", "--", "touch", "/tmp/end");
        Assert.Equal("", await follow.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        await follow.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
        Assert.Equal(0, follow.ExitCode);
        await EndAsync("followed");
    }

    [Fact]
    public async Task The_log_of_the_run_before_is_kept()
    {
        await RunAsync("again", "if [ -f /kept/ran ]; then echo second run; exec sleep 600; fi; touch /kept/ran; echo first run; exit 1", "Always");
        await cluster.AwaitAsync("pod/again", ".status.containerStatuses[0].restartCount", "1");
        await Eventually.HoldsAsync(async () => await cluster.Kubectl("logs", "again") == "second run", "the second run has spoken");
        Assert.Equal("first run", await cluster.Kubectl("logs", "again", "-p"));

        // Containers are named where there are several, and each line can say whose it is.
        Assert.Equal("[pod/again/main] second run", await cluster.Kubectl("logs", "again", "--all-containers", "--prefix"));
        await EndAsync("again");
    }

    [Fact]
    [Behaviour("pod-lifecycle", "Logs over websocket")]
    public async Task A_websocket_client_reads_a_log()
    {
        // Bytes that are no text must come as they are.
        await RunAsync("socket-log", "echo container is alive; printf '\\\\377\\\\n'; until [ -f /tmp/go ]; do usleep 20000; done; seq 1 3000; exec sleep 600");
        await Eventually.HoldsAsync(async () => (await cluster.Kubectl("logs", "socket-log")).Contains('\n'), "it has written");
        using var proxy = Command.Start("kubectl", ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "proxy", "--port=0", "--disable-filter=true"]);
        using var stop = new StopOnDispose(proxy);
        var port = ProxyPort().Match(await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)) ?? "").Groups[1].Value;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        byte[] written = [.. "container is alive\n"u8, 255, (byte)'\n'];

        foreach (var protocol in new[] { "binary.k8s.io", "base64.binary.k8s.io", null })
        {
            using var socket = await ConnectAsync("log", protocol);
            Assert.Equal(protocol, socket.SubProtocol);
            var (bytes, messages) = (new List<byte>(), new List<int>());
            while (await ReceiveAsync(socket, protocol) is { } message)
            {
                bytes.AddRange(message);
                messages.Add(message.Length);
            }

            Assert.Equal(0, messages[0]);
            Assert.Equal(written, bytes);
            Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        }

        // What comes later comes to a follower at once, and the follower may end it.
        using var following = await ConnectAsync("log?follow=true&tailLines=0", "binary.k8s.io");
        Assert.Empty(await ReceiveAsync(following, "binary.k8s.io") ?? throw new IOException("the stream ended"));
        await cluster.Kubectl("exec", "socket-log", "--", "touch", "/tmp/go");
        var seen = new StringBuilder();
        while (!seen.ToString().EndsWith("3000\n", StringComparison.Ordinal))
        {
            seen.Append(Encoding.UTF8.GetString(await ReceiveAsync(following, "binary.k8s.io") ?? throw new IOException("the stream ended")));
        }

        Assert.Equal(string.Concat(Enumerable.Range(1, 3000).Select(static i => $"{i}\n")), seen.ToString());
        await following.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("log", "v4.channel.k8s.io"));
        Assert.Contains("403", refused.Message);
        await EndAsync("socket-log");

        async Task<ClientWebSocket> ConnectAsync(string path, string? protocol)
        {
            var socket = new ClientWebSocket();
            if (protocol is not null)
            {
                socket.Options.AddSubProtocol(protocol);
            }

            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/api/v1/namespaces/default/pods/socket-log/{path}"), limit.Token);
            return socket;
        }

        // A message's content; null once the server has closed.
        async Task<byte[]?> ReceiveAsync(ClientWebSocket socket, string? protocol)
        {
            var buffer = new byte[4096];
            var received = await socket.ReceiveAsync(buffer, limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            Assert.True(received.EndOfMessage);
            var isText = protocol == "base64.binary.k8s.io";
            Assert.Equal(isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, received.MessageType);
            return isText ? Convert.FromBase64String(Encoding.ASCII.GetString(buffer, 0, received.Count)) : buffer[..received.Count];
        }
    }

    private async Task RunAsync(string name, string script, string restart = "Never")
    {
        var manifest = $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}}
            spec:
              restartPolicy: {{restart}}
              terminationGracePeriodSeconds: 0
              volumes: [{name: kept, emptyDir: {} }]
              containers:
                - name: main
                  image: {{cluster.Image}}
                  volumeMounts: [{name: kept, mountPath: /kept}]
                  command: [sh, -c, "{{script}}"]
            """;
        (await cluster.KubectlWithInputAsync(manifest, "create", "-f", "-")).Succeeded();
        await Eventually.HoldsAsync(
            async () => await cluster.Kubectl("get", "pod", name, "-o", "jsonpath={.status.phase}") is "Running" or "Succeeded", name + " runs");
    }

    private Task EndAsync(string name) => cluster.Kubectl("delete", "pod", name, "--wait=false");

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex ProxyPort();
}
