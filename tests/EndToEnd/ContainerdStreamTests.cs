using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>
/// exec, attach, run, cp and port-forward into real containers, with kubectls that speak SPDY (1.28) and WebSocket (1.32). The
/// kubelet speaks SPDY to containerd whatever its client speaks.
/// </summary>
[Collection(ContainerdCollection.Name)]
public sealed partial class ContainerdStreamTests(ContainerdCluster cluster)
{
    private const string Spdy = "1.28";
    private const string WebSocket = "1.32";

    [Theory]
    [InlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task A_command_has_its_streams_and_its_exit_code(string version)
    {
        var name = await RunAsync("exec", version, "exec sleep 600");
        var command = await KubectlAsync(version, null, "exec", name, "--", "sh", "-c", "echo out; echo error >&2; exit 7");
        Assert.Equal((7, "out\n"), (command.ExitCode, command.Output));
        Assert.Equal("error\ncommand terminated with exit code 7\n", command.Error);
        Assert.Equal(0, (await KubectlAsync(version, null, "exec", name, "--", "true")).ExitCode);
        Assert.Equal(137, (await KubectlAsync(version, null, "exec", name, "--", "sh", "-c", "kill -9 $$")).ExitCode);

        var missing = await KubectlAsync(version, null, "exec", name, "--", "no-such-program");
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("no-such-program\": executable file not found in $PATH", missing.Error);

        var input = string.Concat(Enumerable.Range(0, 50_000).Select(static i => $"line {i}\n"));
        Assert.Equal(input, (await KubectlAsync(version, input, "exec", "-i", name, "--", "cat")).Succeeded());

        // What a command printed and its code arrive however fast it ends, and however many end at once.
        var many = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            KubectlAsync(version, null, "exec", name, "--", "sh", "-c", $"head -c 300000 /dev/zero | tr '\\0' x; exit {i}")));
        Assert.Equal(Enumerable.Range(0, 12).Select(static i => (i, 300_000)), many.Select(static m => (m.ExitCode, m.Output.Length)));
        await EndAsync(name);
    }

    [Theory]
    [FullInlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task A_terminal_has_the_size_of_the_clients_and_follows_it(string version)
    {
        var name = await RunAsync("terminal", version, "exec sleep 600");
        var directory = Directory.CreateTempSubdirectory("kube-tty-").FullName;
        var mine = Path.Combine(directory, "tty");
        var kubectl = $"{KubectlVersions.Find(version)} --kubeconfig {Path.Combine(cluster.Home, "kubeconfig")}";
        var session = $"tty > {mine}; stty rows 33 cols 101; exec {kubectl} exec -it {name} -- sh -c 'until [ -f /tmp/end ]; do stty size; usleep 100000; done; read word; echo read $word; exit 3'";
        using var script = Command.Start("script", ["-q", "-e", "-f", "-c", session, Path.Combine(directory, "seen")]);
        using var stop = new StopOnDispose(script);
        await AwaitSizeAsync("33 101");

        (await Command.RunAsync("stty", ["-F", (await File.ReadAllTextAsync(mine)).Trim(), "rows", "44", "cols", "90"])).Succeeded();
        await AwaitSizeAsync("44 90");
        (await KubectlAsync(version, null, "exec", name, "--", "touch", "/tmp/end")).Succeeded();
        await script.StandardInput.WriteAsync("typed\r");
        await script.StandardInput.FlushAsync();
        await script.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
        Assert.Equal(3, script.ExitCode);
        Assert.Contains("read typed", await SeenAsync());
        Directory.Delete(directory, recursive: true);
        await EndAsync(name);

        Task AwaitSizeAsync(string size) => Eventually.HoldsAsync(
            async () => (await SeenAsync()).Contains(size + "\r\n", StringComparison.Ordinal), $"the container's terminal has the size {size}");

        async Task<string> SeenAsync() => File.Exists(Path.Combine(directory, "seen")) ? await File.ReadAllTextAsync(Path.Combine(directory, "seen")) : "";
    }

    [Theory]
    [FullInlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task Attach_joins_the_containers_own_input_and_output(string version)
    {
        var name = await RunAsync("attach", version, "while read word; do echo heard $word; echo beside >&2; done; echo over; exit 4", "stdin: true, stdinOnce: true,");
        using var attach = Command.Start(
            KubectlVersions.Find(version), ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "attach", "-i", "-q", name]);
        using var stop = new StopOnDispose(attach);

        // Answered while the input stays open: nothing waits for its end.
        foreach (var word in new[] { "one", "two" })
        {
            await attach.StandardInput.WriteLineAsync(word);
            await attach.StandardInput.FlushAsync();
            Assert.Equal("heard " + word, await attach.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        }

        attach.StandardInput.Close();
        Assert.Equal("over\n", await attach.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        Assert.Equal("beside\nbeside\n", await attach.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(90)));
        await attach.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token);
        await cluster.AwaitAsync("pod/" + name, ".status.containerStatuses[0].state.terminated.exitCode", "4");
        Assert.Equal(["beside", "beside", "heard one", "heard two", "over"], (await cluster.Kubectl("logs", name)).Split('\n').Order(StringComparer.Ordinal));
        await EndAsync(name);
    }

    [Theory]
    [FullInlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task Run_with_input_gives_the_output_and_the_code_and_leaves_nothing(string version)
    {
        var name = "run-" + version.Replace('.', '-');
        var run = await KubectlAsync(
            version, "a\nb\n", "run", name, $"--image={cluster.Image}", "-i", "-q", "--rm", "--restart=Never", "--", "sh", "-c", "cat; echo end; exit 5");
        Assert.Equal((5, "a\nb\nend\n"), (run.ExitCode, run.Output.Replace($"pod \"{name}\" deleted\n", "", StringComparison.Ordinal)));
        Assert.Contains("NotFound", (await cluster.KubectlAsync("get", "pod", name)).Error);
    }

    [Fact]
    public async Task Files_and_directories_are_copied_both_ways()
    {
        var name = await RunAsync("copies", WebSocket, "exec sleep 600");
        var directory = Directory.CreateTempSubdirectory("kube-cp-");
        var here = directory.CreateSubdirectory("here");
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(here.FullName, "large"), bytes);
        await File.WriteAllTextAsync(Path.Combine(here.CreateSubdirectory("below").FullName, "small"), "text");
        foreach (var version in new[] { Spdy, WebSocket })
        {
            var (there, back) = ("/tmp/" + version, Path.Combine(directory.FullName, version));
            (await KubectlAsync(version, null, "cp", here.FullName, name + ":" + there)).Succeeded();
            Assert.Equal("text", (await KubectlAsync(version, null, "exec", name, "--", "cat", there + "/below/small")).Succeeded());
            (await KubectlAsync(version, null, "cp", name + ":" + there, back)).Succeeded();
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(back, "large")));
            Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(back, "below", "small")));
        }

        directory.Delete(recursive: true);
        await EndAsync(name);
    }

    [Theory]
    [FullInlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task A_port_is_forwarded_and_a_refusal_told(string version)
    {
        var name = await RunAsync("port", version, "nc -ll -p 8081 -e cat & mkdir /www; echo hello from the pod > /www/hello; head -c 5000000 /dev/zero > /www/large; exec httpd -f -p 8080 -h /www");
        using var forward = Command.Start(
            KubectlVersions.Find(version),
            ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "port-forward", "pod/" + name, ":8080", ":8081", ":9999", "--address=127.0.0.1"]);
        using var stop = new StopOnDispose(forward);
        var ports = new List<int>();
        while (ports.Count < 3)
        {
            var line = await forward.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90));
            ports.Add(int.Parse(LocalPort().Match(line ?? "").Groups[1].Value));
        }

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[0]}/"), Timeout = TimeSpan.FromSeconds(90) };
        await Eventually.HoldsAsync(async () => await AnswersAsync(http), "the pod's server listens");
        var large = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => http.GetByteArrayAsync("large")));
        Assert.All(large, static bytes => Assert.Equal(5_000_000, bytes.Length));

        // Both ways at once, with the client's end before the answer's.
        var sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(static i => $"line {i}\n")));
        Assert.Equal(sent, await EchoAsync(ports[1], sent));

        // kubectl ends a forward whose port nobody listens on, and says why.
        using (var refused = new TcpClient())
        {
            await refused.ConnectAsync("127.0.0.1", ports[2]);
            await refused.GetStream().WriteAsync("x"u8.ToArray());
            var seen = new StringBuilder();
            await Eventually.HoldsAsync(
                async () =>
                {
                    seen.AppendLine(await forward.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)));
                    return seen.ToString().Contains("9999", StringComparison.Ordinal) && seen.ToString().Contains("refused", StringComparison.Ordinal);
                },
                "kubectl says that nobody listens");
        }

        await EndAsync(name);
    }

    /// <summary>
    /// Of a client that is killed the API server and the kubelet let go within a minute, also where nobody reads its connection. containerd ends the
    /// command's input; a command that does not care goes on, as in Kubernetes.
    /// </summary>
    [Fact]
    public async Task A_killed_client_ends_its_session()
    {
        var name = await RunAsync("killed", WebSocket, "exec sleep 600");
        var before = await SessionsAsync();
        var clients = new[] { Spdy, WebSocket }.SelectMany(static version => new[] { (version, "cat"), (version, "sleep 600") });
        await Task.WhenAll(clients.Select(client =>
        {
            var (version, command) = client;
            var file = $"/tmp/{version}-{command[..3]}";
            return KilledClient.RunAsync(
                KubectlVersions.Find(version),
                Path.Combine(cluster.Home, "kubeconfig"),
                $"exec -i {name} -- sh -c 'touch {file}; {command}; touch {file}-over'",
                command == "cat" ? "" : null,
                () => IsThereAsync(file));
        }));
        foreach (var version in new[] { Spdy, WebSocket })
        {
            await Eventually.HoldsAsync(() => IsThereAsync($"/tmp/{version}-cat-over"), $"the input ends that kubectl {version} gave", TimeSpan.FromSeconds(90));
        }

        await Eventually.HoldsAsync(async () => await SessionsAsync() == before, "the API server has let go of all", TimeSpan.FromSeconds(90));
        await EndAsync(name);

        async Task<bool> IsThereAsync(string file) => (await cluster.KubectlAsync("exec", name, "--", "test", "-f", file)).ExitCode == 0;
    }

    [Theory]
    [FullInlineData(Spdy)]
    [InlineData(WebSocket)]
    public async Task A_container_that_takes_input_once_sees_the_end_of_its_killed_client(string version)
    {
        var name = await RunAsync("attached", version, "while read word; do echo heard $word; done; echo over; exit 4", "stdin: true, stdinOnce: true,");
        await KilledClient.RunAsync(
            KubectlVersions.Find(version), Path.Combine(cluster.Home, "kubeconfig"), "attach -i -q " + name, "word\n", async () => await cluster.Kubectl("logs", name) == "heard word");
        await cluster.AwaitAsync("pod/" + name, ".status.containerStatuses[0].state.terminated.exitCode", "4", TimeSpan.FromSeconds(90));
        await EndAsync(name);
    }

    /// <summary>Commands that the API server serves now.</summary>
    private async Task<int> SessionsAsync() => (await cluster.Kubectl("get", "--raw", "/metrics")).Split('\n')
        .Where(static line => line.StartsWith("apiserver_longrunning_requests{", StringComparison.Ordinal) && line.Contains("subresource=\"exec\"", StringComparison.Ordinal))
        .Sum(static line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            return await http.GetStringAsync("hello") == "hello from the pod\n";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<byte[]> EchoAsync(int port, byte[] sent)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var writing = Task.Run(async () =>
        {
            await client.GetStream().WriteAsync(sent, limit.Token);
            client.Client.Shutdown(SocketShutdown.Send);
        });
        using var back = new MemoryStream();
        await client.GetStream().CopyToAsync(back, limit.Token);
        await writing;
        return back.ToArray();
    }

    /// <summary>Starts a pod of one container and awaits it running; its name is of kind and version.</summary>
    private async Task<string> RunAsync(string kind, string version, string script, string more = "")
    {
        var name = $"{kind}-{version.Replace('.', '-')}";
        var manifest = $"""
            apiVersion: v1
            kind: Pod
            metadata: {"{"}name: {name}{"}"}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 0
              containers:
                - {"{"}name: main, image: "{cluster.Image}", {more} command: [sh, -c, "{script}"]{"}"}
            """;
        (await cluster.KubectlWithInputAsync(manifest, "create", "-f", "-")).Succeeded();
        await cluster.AwaitAsync("pod/" + name, ".status.phase", "Running");
        return name;
    }

    private Task EndAsync(string name) => cluster.Kubectl("delete", "pod", name, "--wait=false");

    private Task<CommandResult> KubectlAsync(string version, string? input, params string[] arguments) =>
        Command.RunAsync(KubectlVersions.Find(version), ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), .. arguments], input);

    [GeneratedRegex(@"127\.0\.0\.1:(\d+) ->")]
    private static partial Regex LocalPort();
}
