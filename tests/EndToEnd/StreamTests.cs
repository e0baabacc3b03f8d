using System.Diagnostics;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>exec, attach, cp and port-forward on the process runtime, with kubectls that speak SPDY (1.28) and WebSocket (1.33).</summary>
[Collection(SharedCluster.Name)]
public sealed partial class StreamTests(TestCluster cluster)
{
    [Theory]
    [InlineData("1.28")]
    [InlineData("1.33")]
    public async Task A_command_runs_in_a_container_with_its_streams_and_its_exit_code(string version)
    {
        var name = "exec-" + version.Replace('.', '-');
        await RunAsync(name, "sleep 600");

        var command = await KubectlAsync(version, null, "exec", name, "--", "sh", "-c", "echo out; echo error >&2; exit 7");
        Assert.Equal((7, "out\n"), (command.ExitCode, command.Output));
        Assert.Contains("error\n", command.Error);
        Assert.Contains("command terminated with exit code 7", command.Error);

        var input = string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"line {i}\n"));
        Assert.Equal(input, (await KubectlAsync(version, input, "exec", "-i", name, "--", "cat")).Succeeded());

        var other = await KubectlAsync(version, null, "exec", name, "-c", "other", "--", "true");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("container other is not valid for pod " + name, other.Error);
        await cluster.Kubectl("delete", "pod", name, "--grace-period=1");
    }

    [Fact]
    public async Task Files_are_copied_both_ways()
    {
        await RunAsync("copies", "sleep 600");
        var directory = Directory.CreateTempSubdirectory("kube-cp-");
        try
        {
            var (here, back) = (Path.Combine(directory.FullName, "here"), Path.Combine(directory.FullName, "back"));
            var bytes = new byte[300_000];
            new Random(1).NextBytes(bytes);
            await File.WriteAllBytesAsync(here, bytes);
            await cluster.Kubectl("cp", here, "copies:there");
            await cluster.Kubectl("cp", "copies:there", back);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(back));
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        await cluster.Kubectl("delete", "pod", "copies", "--grace-period=1");
    }

    [Theory]
    [FullInlineData("1.28")]
    [InlineData("1.33")]
    public async Task A_port_of_a_pod_is_reached_from_here(string version)
    {
        var name = "port-" + version.Replace('.', '-');
        await RunAsync(name, "echo hello from the pod > hello && exec busybox httpd -f -p $(POD_IP):18080 -h .");
        var start = new ProcessStartInfo(KubectlVersions.Find(version), ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), "port-forward", "pod/" + name, ":18080"])
        {
            RedirectStandardOutput = true,
        };
        using var forward = Process.Start(start)!;
        using var stop = new StopOnDispose(forward);
        var line = await forward.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90));
        var port = int.Parse(LocalPort().Match(line ?? "").Groups[1].Value);

        for (var i = 0; i < 3; i++)
        {
            using var client = new HttpClient();
            Assert.Equal("hello from the pod\n", await client.GetStringAsync($"http://127.0.0.1:{port}/hello").WaitAsync(TimeSpan.FromSeconds(90)));
        }

        forward.Kill();
        await cluster.Kubectl("delete", "pod", name, "--grace-period=1");
    }

    /// <summary>The kubelet misses the client because what it sends it comes back: within a minute, also where nobody reads the connection.</summary>
    [Fact]
    public async Task A_command_ends_with_its_killed_client()
    {
        await RunAsync("killed", "sleep 600");
        var directory = Directory.CreateTempSubdirectory("kube-killed-");
        await Task.WhenAll(new[] { "1.28", "1.33" }.SelectMany(version => new[] { false, true }.Select(async floods =>
        {
            var file = Path.Combine(directory.FullName, $"{version}-{floods}");
            await KilledClient.RunAsync(
                KubectlVersions.Find(version),
                Path.Combine(cluster.Home, "kubeconfig"),
                $"exec -i killed -- sh -c 'echo $$ > {file}; exec sleep 600'",
                floods ? null : "",
                () => Task.FromResult(File.Exists(file) && File.ReadAllText(file).EndsWith('\n')));
            var process = Path.Combine("/proc", File.ReadAllText(file).Trim());
            await Eventually.HoldsAsync(() => !Directory.Exists(process), $"the command of kubectl {version} ends, its input {(floods ? "full" : "empty")}", TimeSpan.FromSeconds(90));
        })));
        directory.Delete(recursive: true);
        await cluster.Kubectl("delete", "pod", "killed", "--grace-period=1");
    }

    [Theory]
    [FullInlineData("1.28")]
    [InlineData("1.33")]
    public async Task A_container_that_takes_input_once_sees_the_end_of_its_killed_client(string version)
    {
        var name = "attached-" + version.Replace('.', '-');
        var heard = Path.Combine(Path.GetTempPath(), $"kube-{name}-{Environment.ProcessId}");
        await RunAsync(name, $"while read word; do echo $word > {heard}; done; exit 4", "stdinOnce: true\n      stdin: true");
        await KilledClient.RunAsync(
            KubectlVersions.Find(version), Path.Combine(cluster.Home, "kubeconfig"), "attach -i -q " + name, "word\n", () => Task.FromResult(File.Exists(heard)));
        try
        {
            await cluster.AwaitAsync("pod/" + name, ".status.containerStatuses[0].state.terminated.exitCode", "4", TimeSpan.FromSeconds(90));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{await cluster.Kubectl("get", "pod", name, "-o", "yaml")}\n{await WhoHoldsInputsAsync()}", e);
        }

        File.Delete(heard);
        await cluster.Kubectl("delete", "pod", name, "--grace-period=1");
    }

    /// <summary>Processes that have a container's input pipe open, with their signals: who keeps an input from ending.</summary>
    private static async Task<string> WhoHoldsInputsAsync()
    {
        const string script = "for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null | grep -q '/stdin$' && { tr '\\0' ' ' <$p/cmdline; echo; ls -l $p/fd | grep '/stdin$'; grep ^Sig $p/status; }; done; true";
        return (await Command.RunAsync("sh", ["-c", script])).Output;
    }

    private async Task RunAsync(string name, string script, string more = "stdin: false")
    {
        var manifest = $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {name}
            spec:
              restartPolicy: Never
              containers:
                - name: main
                  image: busybox
                  command: [/bin/sh, -c, "{script}"]
                  {more}
                  env:
                    - name: POD_IP
                      valueFrom:
                        fieldRef:
                          fieldPath: status.podIP
            """;
        (await cluster.KubectlWithInputAsync(manifest, "create", "-f", "-")).Succeeded();
        await cluster.AwaitAsync("pod/" + name, ".status.phase", "Running");
    }

    private Task<CommandResult> KubectlAsync(string version, string? input, params string[] arguments) =>
        Command.RunAsync(KubectlVersions.Find(version), ["--kubeconfig", Path.Combine(cluster.Home, "kubeconfig"), .. arguments], input);

    [GeneratedRegex(@"127\.0\.0\.1:(\d+) ->")]
    private static partial Regex LocalPort();
}
