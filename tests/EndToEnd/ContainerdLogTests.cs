using System.Globalization;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>kubectl logs of real containers.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class ContainerdLogTests(ContainerdCluster cluster)
{
    [Fact]
    [Behaviour("kubectl-logs", "logs")]
    public async Task A_log_is_cut_as_asked()
    {
        // Two seconds lie between the two halves: a log is cut by whole seconds.
        await RunAsync("cut", "for i in 1 2 3 4 5; do echo early $i; done; sleep 2; for i in 1 2 3; do echo late $i; done");
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
        Assert.Equal("first", await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await cluster.Kubectl("exec", "followed", "--", "touch", "/tmp/go");
        foreach (var line in Enumerable.Range(1, 20_000).Select(static i => $"{i}").Prepend("second half"))
        {
            Assert.Equal(line, await follow.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        }

        await cluster.Kubectl("exec", "followed", "--", "touch", "/tmp/end");
        Assert.Equal("", await follow.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        await follow.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
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
}
